/** PostgreSQL's own COPY over one connection, both ways: the fastest way there is to get rows in and out. */
import type pg from 'pg'

/** What pg hands to a query of its own kind; these parts of it are not in its types. */
interface Wire {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

function submitted(client: pg.ClientBase, text: string, handlers: object): Promise<void> {
  return new Promise((resolve, reject) => {
    let failed: Error | undefined
    const query = {
      submit: (connection: Wire) => connection.query(text),
      handleError: (error: Error) => {
        failed = error
        reject(error)
      },
      handleCommandComplete: () => {},
      handleReadyForQuery: () => {
        if (!failed) resolve()
      },
      ...handlers,
    }
    client.query(query as never)
  })
}

/** The rows that a `copy … to stdout` answers, in pieces. */
export async function copyOut(client: pg.ClientBase, text: string): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  await submitted(client, text, {
    handleCopyData: ({ chunk }: { chunk: Buffer }) => chunks.push(Buffer.from(chunk)),
  })
  return chunks
}

/** Sends pieces to a `copy … from stdin`. */
export function copyIn(client: pg.ClientBase, text: string, chunks: readonly Buffer[]): Promise<void> {
  return submitted(client, text, {
    handleCopyInResponse(connection: Wire) {
      for (const chunk of chunks) connection.sendCopyFromChunk(chunk)
      connection.endCopyFrom()
    },
  })
}
