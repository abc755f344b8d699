/** The little of Express that the peer uses; Express brings no types of its own. */
declare module 'express' {
  import type { IncomingMessage, Server, ServerResponse } from 'node:http'

  interface Request extends IncomingMessage {
    get(name: string): string | undefined
  }
  interface Response extends ServerResponse {
    status(code: number): Response
    json(body: unknown): void
  }
  type Handler = (request: Request, response: Response, next: () => void) => unknown
  interface Application {
    disable(setting: string): void
    use(handler: unknown): void
    post(path: string, handler: unknown): void
    listen(port: number, host: string, listening: () => void): Server
  }
  const express: {
    (): Application
    json(options: { limit: string }): Handler
  }
  export default express
  export type { Handler }
}
