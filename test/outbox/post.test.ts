/** One webhook, sent to a receiver that does to the connection whatever can be done: there is always an end, in time. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type Answer, lineOpener } from '../../src/outbox/post.ts'
import { Targets } from '../../src/outbox/targets.ts'

const patience = 400

/** What comes of a webhook to somebody who says this once its beginning has arrived. */
async function answerOf(say: (socket: Socket) => void): Promise<Answer> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => say(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const line = lineOpener(new Targets(['127.0.0.0/8']), patience)(`http://127.0.0.1:${port}/`)
  try {
    return await line.post('{}', {}, new AbortController().signal)
  } finally {
    line.close()
    server.close()
  }
}

/** Says the same over and over until the connection is closed. */
function repeating(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 20)
  socket.once('close', () => clearInterval(timer))
}

const late = { status: null, problem: `no answer within ${patience / 1_000} s`, isLate: true }
const switching = 'HTTP/1.1 101 Switching Protocols\r\n'

const receivers: [what: string, say: (socket: Socket) => void, answer: Partial<Answer>][] = [
  ['says nothing', () => {}, late],
  ['says only that it goes on', (socket) => repeating(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'), late],
  [
    'begins an answer and stops',
    (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab'),
    late,
  ],
  [
    'speaks another protocol from now on',
    (socket) => socket.write(`${switching}upgrade: tls\r\nconnection: upgrade\r\n\r\n`),
    { status: 101, problem: 'answered 101', isLate: false },
  ],
  [
    'says so without naming one',
    (socket) => socket.write(`${switching}\r\n`),
    { status: 101, problem: 'answered 101' },
  ],
  [
    'offers another protocol with its answer',
    (socket) =>
      socket.write('HTTP/1.1 200 OK\r\nupgrade: h2c\r\nconnection: upgrade\r\ncontent-length: 0\r\n\r\n'),
    { status: 200, problem: null },
  ],
  ['hangs up', (socket) => socket.end(), { status: null, problem: 'the connection was cut' }],
  [
    'cuts the line',
    (socket) => socket.resetAndDestroy(),
    { status: null, problem: 'the connection was cut' },
  ],
  [
    'hangs up in the middle of its answer',
    (socket) => socket.end('HTTP/1.1 500 No\r\ncontent-length: 9\r\n\r\nab'),
    { status: 500, answer: 'ab', problem: 'answered 500' },
  ],
  [
    'never ends its answer',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      repeating(socket, 'x'.repeat(30_000))
    },
    { status: 200, problem: null, isLate: false },
  ],
  [
    'answers twice',
    (socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n',
      ),
    { status: 200, problem: null },
  ],
  ['speaks no HTTP', (socket) => socket.write('220 ready\r\n'), { status: null, isLate: false }],
  [
    'has headers without end',
    (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`),
    { status: null, problem: 'failed with HPE_HEADER_OVERFLOW' },
  ],
]

describe.concurrent('a receiver that', () => {
  test.each(receivers)('%s', { timeout: 5_000 }, async (_what, say, answer) => {
    expect(await answerOf(say)).toMatchObject(answer)
  })
})
