/** How `npm start` starts the service, for whoever starts it as a process of its own: what its script says, in parts. */
import packageFile from '../package.json' with { type: 'json' }

const [, settings = '', words = ''] =
  /^((?:[A-Z_]+=\S+ )*)exec node (.*)$/.exec(packageFile.scripts.start) ?? []

export const startCommand = {
  /** What is set in the environment. */
  environment: Object.fromEntries(settings.split(' ').flatMap((one) => (one ? [one.split('=', 2)] : []))),
  /** What is given to Node. */
  words: words.split(' '),
}
