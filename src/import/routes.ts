/** The addresses of the import: for each kind of file one to send it to, and one for a template. */
import { answerImport, type ImportHouse, type Upload } from './door.ts'
import { kinds } from './kinds.ts'
import { templateOf } from './template.ts'

/** One address, and what happens there. */
export interface Route {
  readonly verb: 'GET' | 'POST'
  readonly path: string
  answer(upload: Upload): Promise<void>
}

export function importRoutes(house: ImportHouse): Route[] {
  return Object.values(kinds).flatMap((kind): Route[] => [
    { verb: 'POST', path: `/import/${kind.name}`, answer: (upload) => answerImport(kind, upload, house) },
    {
      verb: 'GET',
      path: `/import/${kind.name}/template.csv`,
      async answer({ outgoing, headers }) {
        const disposition = `attachment; filename="${kind.name}.csv"`
        const own = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': disposition }
        outgoing.writeHead(200, { ...headers, ...own }).end(templateOf(kind))
      },
    },
  ])
}
