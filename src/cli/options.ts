/** What the commands' options have in common: how their values are read, and how help shows them in use. */
import { InvalidArgumentError } from 'commander'

/** Reads a whole number; what it may be is for the method to say. */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}

/** Reads names separated by commas, each of which must be among those known. */
export function namesAmong<Name extends string>(known: readonly Name[]): (text: string) => Name[] {
  return (text) =>
    text.split(',').map((part) => {
      const name = known.find((one) => one === part.trim())
      if (name === undefined) throw new InvalidArgumentError(`It must be made of ${known.join(', ')}.`)
      return name
    })
}

/** The option that a param of a method is given by. */
export function flagOf(path: string): string {
  const [param = ''] = path.split('.')
  if (param === 'expiresAt') return '--expires'
  return `--${param.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** The end of a help text: commands that can be pasted as they are. */
export function examples(...commands: string[]): string {
  const lines = commands.map((command) => `  npm run -s tenure -- ${command}`)
  return ['', commands.length === 1 ? 'Example:' : 'Examples:', ...lines].join('\n')
}
