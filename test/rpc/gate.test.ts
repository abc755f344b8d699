/** The gate before lists: so many at once, partners in turn, and no partner takes every place. */
import { describe, expect, test } from 'vitest'
import { Gate } from '../../src/rpc/gate.ts'

/** Whoever passes stays inside until let go; `order` tells who came in when. */
function visitors(gate: Gate) {
  const order: string[] = []
  const leave = new Map<string, () => void>()
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return {
    order,
    async come(partnerId: number, ...names: string[]): Promise<void> {
      for (const name of names)
        void gate.pass(partnerId, async () => {
          order.push(name)
          await new Promise<void>((resolve) => leave.set(name, resolve))
        })
      await settled()
    },
    async go(...names: string[]): Promise<void> {
      for (const name of names) {
        leave.get(name)?.()
        await settled()
      }
    },
  }
}

describe('a gate for three', () => {
  test('one partner never takes the last place', async () => {
    const { order, come, go } = visitors(new Gate(3))
    await come(1, 'a1', 'a2', 'a3', 'a4')
    expect(order).toEqual(['a1', 'a2'])
    await come(2, 'b1')
    expect(order).toEqual(['a1', 'a2', 'b1'])
    await go('a1')
    expect(order).toEqual(['a1', 'a2', 'b1', 'a3'])
  })

  test('who waits comes in by turns of partners, not by the length of their queues', async () => {
    const { order, come, go } = visitors(new Gate(3))
    await come(1, 'a1', 'a2', 'a3', 'a4', 'a5')
    await come(2, 'b1', 'b2')
    await come(3, 'c1')
    expect(order).toEqual(['a1', 'a2', 'b1'])
    await go('a1', 'a2', 'b1', 'b2', 'c1', 'a3')
    expect(order.slice(3)).toEqual(['a3', 'b2', 'c1', 'a4', 'a5'])
  })

  test('calls of one partner keep their order', async () => {
    const { order, come, go } = visitors(new Gate(3))
    const names = Array.from({ length: 20 }, (_, number) => `a${number}`)
    await come(1, ...names)
    await go(...names)
    expect(order).toEqual(names)
  })
})

test('a gate for one lets one in after the other', async () => {
  const { order, come, go } = visitors(new Gate(1))
  await come(1, 'a1', 'a2')
  await come(2, 'b1')
  expect(order).toEqual(['a1'])
  await go('a1')
  expect(order).toEqual(['a1', 'a2'])
  await go('a2')
  expect(order).toEqual(['a1', 'a2', 'b1'])
})

test('who fails leaves, and who steps out makes room', async () => {
  const gate = new Gate(1)
  await expect(gate.pass(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  const order: string[] = []
  let back: (() => void) | undefined
  const waiting = gate.pass(1, () =>
    gate.outside(1, async () => {
      order.push('outside')
      await new Promise<void>((resolve) => {
        back = resolve
      })
    }),
  )
  await gate.pass(1, async () => void order.push('the same partner, meanwhile'))
  await gate.pass(2, async () => void order.push('another, meanwhile'))
  back?.()
  await waiting
  expect(order).toEqual(['outside', 'the same partner, meanwhile', 'another, meanwhile'])
})
