/** What can be said on the command line of `npm run faults`, and what is done when nothing is said. */
import { parseArgs } from 'node:util'
import type { Control } from './controls/control.ts'
import { controls } from './controls/index.ts'
import type { Fault } from './fault.ts'
import { faults } from './strikes/index.ts'

export interface Options {
  /** Rounds of each fault; of a control, how often it may be tried. */
  readonly rounds: number
  /** How long a fault goes on striking in one round. */
  readonly seconds: number
  readonly seed: number
  readonly faults: readonly Fault[]
  readonly controls: readonly Control[]
  readonly json: string | undefined
}

const listed = (names: readonly { name: string; text: string }[]): string =>
  names.map(({ name, text }) => `    ${name.padEnd(24)}${text}`).join('\n')

export const usage = `npm run faults -- [options]

  --rounds N      rounds of each fault (1); of a control, how often it may be tried (3)
  --seconds N     how long a fault goes on striking in one round (4)
  --seed N        brings a run back, as far as chance of this kind can be brought back
  --only NAME,…   only these; may be repeated
  --controls      the controls instead of the faults: each must make the checker find something
  --json FILE     write the report as JSON, too

  The faults:
${listed(faults.map(({ name, does }) => ({ name, text: does })))}

  The controls:
${listed(controls.map(({ name, without }) => ({ name: slug(name), text: without })))}
`

/** How a control is named on the command line. */
export function slug(name: string): string {
  return name.replace(/\W+/g, '-')
}

/** Reads the arguments; throws an error with one sentence for what cannot be used; undefined asks for the usage. */
export function readOptions(given: string[]): Options | undefined {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: given,
    options: {
      rounds: text,
      seconds: text,
      seed: text,
      only: { ...text, multiple: true },
      controls: { type: 'boolean' },
      json: text,
      help: { type: 'boolean' },
    },
  })
  if (values.help) return undefined
  const only = (values.only ?? []).flatMap((names) => names.split(','))
  const known = values.controls ? controls.map(({ name }) => slug(name)) : faults.map(({ name }) => name)
  for (const name of only)
    if (!known.includes(name)) throw new Error(`There is no ${name}; there are ${known.join(', ')}.`)
  const isWanted = (name: string): boolean => only.length === 0 || only.includes(name)
  return {
    rounds: whole('rounds', values.rounds, 1) ?? (values.controls ? 3 : 1),
    seconds: whole('seconds', values.seconds, 0) ?? 4,
    seed: whole('seed', values.seed, 0) ?? Math.floor(Math.random() * 2 ** 31),
    faults: values.controls ? [] : faults.filter(({ name }) => isWanted(name)),
    controls: values.controls ? controls.filter(({ name }) => isWanted(slug(name))) : [],
    json: values.json,
  }
}

function whole(name: string, given: string | undefined, least: number): number | undefined {
  if (given === undefined) return undefined
  const value = Number(given)
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} must be a whole number of at least ${least}.`)
  return value
}
