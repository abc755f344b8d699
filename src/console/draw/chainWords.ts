/** What the drawing of a chain shows, in sentences: for screen readers, and for whoever would rather read. */
import { count, counted } from '../parts.ts'
import type { ChainSights, ChainToDraw } from './chain.ts'
import type { Sentence } from './said.ts'

const statusSaid: Record<ChainToDraw['status'], string> = {
  scheduled: 'the first term has not begun',
  active: 'the chain is active',
  grace: 'the term is over and grace lasts',
  expired: 'the chain has expired',
  suspended: 'the chain is suspended',
  cancelled: 'the chain is cancelled',
}

/** The sentences, in the order in which things happened; the present comes first. */
export function chainWords(chain: ChainToDraw, sights: ChainSights): Sentence[] {
  const told = [...terms(sights), ...suspensions(sights), ...gaps(sights)]
  told.sort((one, other) => one.at - other.at)
  const earlier = told.splice(0, Math.max(0, told.length - toldMost))
  return [
    ['Now, ', sights.now, `: ${statusSaid[chain.status]}.`],
    ...(earlier.length === 0 ? [] : [summary(earlier)]),
    ...told.map(({ sentence }) => sentence),
    ...ahead(chain, sights),
  ]
}

/** Of a long history the latest sentences are said one by one; that is as much as anybody reads. */
const toldMost = 24

function summary(earlier: readonly Told[]): Sentence {
  const orders = earlier.filter(({ isOrder }) => isOrder).length
  const others = counted(
    earlier.length - orders,
    'suspension, grace or lapse',
    'suspensions, graces and lapses',
  )
  const [first, last] = [earlier[0] as Told, earlier.at(-1) as Told]
  return [
    `Before: ${counted(orders, 'order')} and ${others}, which began from `,
    first.at,
    ' to ',
    last.at,
    '.',
  ]
}

interface Told {
  readonly at: number
  readonly isOrder?: boolean
  readonly sentence: Sentence
}

function terms({ terms }: ChainSights): Told[] {
  return terms.map(({ remoteId, licenses, product, duration, termStart, termEnd, inForce }, index) => ({
    at: termStart,
    isOrder: true,
    sentence: [
      `${index === 0 ? 'First order' : 'Renewal'} ${remoteId}: ${count(licenses)} of ${product}, ${duration}, from `,
      termStart,
      ' until ',
      termEnd,
      inForce ? '; this term is in force.' : '.',
    ],
  }))
}

function suspensions({ suspensions }: ChainSights): Told[] {
  return suspensions.map(({ from, until }) => ({
    at: from,
    sentence:
      until === null ? ['Suspended since ', from, '.'] : ['Suspended from ', from, ' until ', until, '.'],
  }))
}

function gaps({ graces, lapses }: ChainSights): Told[] {
  return [
    ...graces.map(({ from, until }) => ({
      at: from,
      sentence: ['Grace from ', from, ' until ', until, '.'],
    })),
    ...lapses.map(({ from, until }) => ({
      at: from,
      sentence:
        until === null
          ? ['Lapsed since ', from, ': no term is in force.']
          : ['Lapsed from ', from, ' until ', until, ': no term was in force.'],
    })),
  ]
}

/** What may still be done, or what will happen. */
function ahead({ status }: ChainToDraw, { window, endsAt, now }: ChainSights): Sentence[] {
  if (endsAt !== null)
    return [endsAt <= now ? ['Cancelled at ', endsAt, '.'] : ['Ends by cancellation at ', endsAt, '.']]
  if (window === null) return [['Orders of this edition are not renewed.']]
  const resume = status === 'suspended' ? ', once it is resumed' : ''
  if (now < window.from) return [['Can be renewed from ', window.from, `${resume}.`]]
  return [['Can be renewed since ', window.from, `${resume}.`]]
}
