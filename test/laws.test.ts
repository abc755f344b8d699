/**
 * The laws of the house, read off its sources: which way imports point, who may read the clock and the environment,
 * where transactions begin, how files are named and how long they are, and that every refusal is tested by name.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { faults, protocolFaults } from '../src/faults.ts'
import { methods } from '../src/methods/index.ts'

const root = new URL('..', import.meta.url).pathname

interface Source {
  readonly path: string
  readonly lines: readonly string[]
  /** The same lines without what stands in comments. */
  readonly code: readonly string[]
}

function sourcesIn(folder: string, ending: string): Source[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, lines: text.split('\n'), code: withoutComments(text).split('\n') }
    })
}

/** Comments give way to spaces, so that lines keep their numbers; strings stay, and what looks like a comment in them. */
function withoutComments(text: string): string {
  const pattern =
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(),])\/\/[^\n]*/g
  return text.replace(pattern, (found) => (/^\/[*/]/.test(found) ? found.replace(/[^\n]/g, ' ') : found))
}

/** What only reads like code gives way too: the text of strings, but not what templates compute. */
function withoutText(text: string): string {
  const newlines = (found: string): string => found.replace(/[^\n]/g, '')
  return text
    .replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''")
    .replace(
      /`(?:\\.|[^`\\])*`/g,
      (template) => (template.match(/\$\{[^}\n]*\}/g) ?? []).join(' ') + newlines(template),
    )
}

const sources = sourcesIn('src', '.ts')
const tests = sourcesIn('test', '.ts')

/** Where something stands: `path:line: what stands there`. */
function places(among: readonly Source[], pattern: RegExp): string[] {
  return among.flatMap(({ path, code }) =>
    code.flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  )
}

interface Import {
  readonly from: string
  readonly to: string
  readonly place: string
  readonly typesOnly: boolean
}

/** Every import of one own file by another. */
const imports: Import[] = [...sources, ...tests].flatMap(({ path, code }) => {
  const text = code.join('\n')
  const pattern =
    /^(?:import|export)(\s+type)?\b[^'"`;]*?from\s+'(\.[^']*)'|^import\s+'(\.[^']*)'|\bimport\(\s*'(\.[^']*)'/gm
  return [...text.matchAll(pattern)].map((found) => ({
    from: path,
    to: join(dirname(path), (found[2] ?? found[3] ?? found[4]) as string),
    place: `${path}:${text.slice(0, found.index).split('\n').length}`,
    typesOnly: found[1] !== undefined,
  }))
})

/** From the ground up. A file may import from its own storey and from those below it. */
const storeys: { name: string; floor: number; owns: RegExp }[] = [
  {
    name: 'words and rules',
    floor: 0,
    owns: /^src\/((shapes|faults|events|limits|objects|config)\.ts|rules\/|answers\/)/,
  },
  { name: 'store', floor: 1, owns: /^src\/store\// },
  { name: 'outbox', floor: 1, owns: /^src\/outbox\// },
  { name: 'ledger', floor: 1, owns: /^src\/ledger\// },
  { name: 'rpc', floor: 1, owns: /^src\/rpc\// },
  { name: 'methods', floor: 2, owns: /^src\/methods\// },
  { name: 'http', floor: 3, owns: /^src\/http\// },
  { name: 'inbox', floor: 3, owns: /^src\/inbox\// },
  { name: 'import', floor: 3, owns: /^src\/import\// },
  { name: 'console', floor: 3, owns: /^src\/console\// },
  { name: 'wiring', floor: 4, owns: /^src\/((tenure|service|main)\.ts|cli\/)/ },
]
const storeyOf = (path: string): number => storeys.findIndex(({ owns }) => owns.test(path))
/** What ships to partners stands at the gate, on no floor. */
const atTheGate = /^src\/client\//

describe('imports', () => {
  const own = imports.filter(({ from }) => from.startsWith('src/'))

  test('every source stands on a floor', () => {
    const homeless = sources.filter(({ path }) => storeyOf(path) === -1 && !atTheGate.test(path))
    expect(homeless.map(({ path }) => path)).toEqual([])
    expect(own.length).toBeGreaterThan(300)
  })

  test('point down', () => {
    const up = own.filter(({ from, to }) => {
      if (!to.startsWith('src/') || atTheGate.test(from)) return false
      const [above, below] = [storeys[storeyOf(from)], storeys[storeyOf(to)]]
      if (!above || !below || above === below) return false
      // Of two storeys on one floor only the machinery has an order; doors do not know one another.
      if (above.floor === below.floor) return above.floor !== 1 || storeyOf(from) < storeyOf(to)
      return above.floor < below.floor
    })
    expect(up.map(({ place, to }) => `${place} imports ${to}`)).toEqual([])
  })

  test('of the client are types alone', () => {
    const real = own.filter(
      ({ from, to, typesOnly }) => atTheGate.test(from) && !atTheGate.test(to) && !typesOnly,
    )
    expect(real.map(({ place, to }) => `${place} imports ${to}`)).toEqual([])
  })

  test('lead to files that are there, and never from sources to tests', () => {
    const lost = imports.filter(({ to }) => !existsSync(join(root, to)))
    expect(lost.map(({ place, to }) => `${place} imports ${to}`)).toEqual([])
    expect(own.filter(({ to }) => to.startsWith('test/')).map(({ place }) => place)).toEqual([])
  })

  test('make no circles', () => {
    const next = Map.groupBy(own, ({ from }) => from)
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (path: string, way: string[]): void => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '))
      if (done.has(path) || way.includes(path)) return
      for (const { to } of next.get(path) ?? []) visit(to, [...way, path])
      done.add(path)
    }
    for (const { path } of sources) visit(path, [])
    expect(circles).toEqual([])
  })

  test('no method knows another', () => {
    const isMethod = (path: string): boolean =>
      path.startsWith('src/methods/') && path !== 'src/methods/index.ts'
    const known = own.filter(({ from, to }) => isMethod(from) && to.startsWith('src/methods/'))
    expect(known.map(({ place, to }) => `${place} imports ${to}`)).toEqual([])
  })
})

describe('one method, one file', () => {
  const files = sources.filter(
    ({ path }) => path.startsWith('src/methods/') && path !== 'src/methods/index.ts',
  )
  const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.ts$/, '')
  /** A page that makes its method out of the registry, and so cannot be one itself. */
  const madeFromRegistry: Record<string, string> = { preview: 'previewOf' }

  test('a file is named as its export and as the method on the wire', async () => {
    const wrong: string[] = []
    for (const { path, code } of files) {
      const name = nameOf(path)
      const declared = new RegExp(`^export (?:const|function) ${madeFromRegistry[name] ?? name}\\b`)
      if (!code.some((line) => declared.test(line))) wrong.push(`${path}:1: exports nothing named ${name}`)
      if (!Object.hasOwn(methods, name)) wrong.push(`${path}:1: is no method of the registry`)
      const exported = code.filter((line) => /^export (?:const|function|class|default)/.test(line))
      if (exported.length !== 1) wrong.push(`${path}:1: exports ${exported.length} things`)
    }
    expect(wrong).toEqual([])
  })

  test('every method of the registry has its file', () => {
    const names = files.map(({ path }) => nameOf(path))
    expect(new Set(names).size).toBe(names.length)
    expect(Object.keys(methods).filter((name) => !names.includes(name))).toEqual([])
  })

  test('every refusal of a method stands by name in the test of that method', () => {
    const missing = files.flatMap(({ path }) => {
      const form = (methods as Record<string, { faults: readonly string[] }>)[nameOf(path)]
      if (!form || form.faults.length === 0) return []
      const testPath = path.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts')
      const text = tests.find((test) => test.path === testPath)?.lines.join('\n')
      if (text === undefined) return [`${testPath}:1: is missing, and should walk ${form.faults.join(', ')}`]
      const untested = form.faults.filter((reason) => !text.includes(reason))
      return untested.map((reason) => `${testPath}:1: says nothing of ${reason}`)
    })
    expect(missing).toEqual([])
  })

  test('every refusal is used, by a method or by the protocol', () => {
    const ofMethods = new Set(Object.values(methods).flatMap((form) => form.faults as readonly string[]))
    const elsewhere = sources.map(({ code }) => code.join('\n'))
    const isSaid = (reason: string): boolean => elsewhere.some((text) => text.includes(`'${reason}'`))
    expect(Object.keys(faults).filter((reason) => !ofMethods.has(reason) || !isSaid(reason))).toEqual([])
    expect(Object.keys(protocolFaults).filter((reason) => !isSaid(reason))).toEqual([])
  })
})

describe('what only one place may do', () => {
  const except = (...allowed: string[]): Source[] => sources.filter(({ path }) => !allowed.includes(path))
  /** What is left when text is no code; the client runs on machines of others, with their clock. */
  const reading = (among: readonly Source[]): Source[] =>
    among
      .filter(({ path }) => !atTheGate.test(path))
      .map((source) => ({ ...source, code: withoutText(source.code.join('\n')).split('\n') }))

  test('the machine’s clock is read in main.ts alone', () => {
    const reads = /\bDate\.now\b|\bnew Date\(\s*\)|(?<!\.)\bDate\(\s*\)/
    expect(places(reading(except('src/main.ts')), reads)).toEqual([])
    expect(places(reading(sources), reads)).not.toEqual([])
  })

  test('the environment is read in config.ts alone', () => {
    const reads = /\bprocess\.env\b|\bprocess\[/
    expect(places(reading(except('src/config.ts')), reads)).toEqual([])
    expect(places(reading(sources), reads)).not.toEqual([])
  })

  /** Transactions that are no business of a partner's, and so need no lock of theirs. */
  const otherTransactions: Record<string, string> = {
    'src/store/migrate.ts': 'the schema, before anybody calls',
    'src/outbox/transact.ts': 'what became of deliveries, which no call decides about',
    'src/import/kept.ts': 'a file of the import’s own, in no database of ours',
  }

  test('a transaction that writes begins in ledger/commit.ts, and elsewhere only for what no partner owns', () => {
    const begins =
      /(['"`])\s*(?:begin|start transaction)(?:\1|;| work| transaction| isolation| read)(?!.*read only)|\.(?:transaction|startTransaction)\(/i
    const allowed = ['src/ledger/commit.ts', ...Object.keys(otherTransactions)]
    expect(places(except(...allowed), begins)).toEqual([])
    expect(places(sources, begins)).not.toEqual([])
  })
})

describe('files', () => {
  test('names say what is inside', () => {
    const empty = [
      'util',
      'utils',
      'utility',
      'utilities',
      'helper',
      'helpers',
      'manager',
      'managers',
      'base',
      'common',
      'misc',
    ]
    const words = (path: string): string[] =>
      path.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase())
    const named = [...sources, ...tests].filter(({ path }) =>
      words(path).some((word) => empty.includes(word)),
    )
    expect(named.map(({ path }) => `${path}:1`)).toEqual([])
  })

  test('open with what they are for', () => {
    const schema = sourcesIn('schema', '.sql').filter(({ lines }) => !/^-- \S/.test(lines[0] ?? ''))
    const silent = [...sources, ...tests].filter(({ lines }) => {
      const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0]
      return !/^\/\*\*?(?:\s|$)|^\/\/ /.test(first ?? '')
    })
    expect([...schema, ...silent].map(({ path }) => `${path}:1`)).toEqual([])
  })

  /** Glossaries: what would be torn apart has to be read in one place. */
  const longer: Record<string, { most: number; because: string }> = {
    'src/shapes.ts': { most: 500, because: 'the glossary of shapes, read by name' },
    'src/objects.ts': { most: 500, because: 'the glossary of things kept, read by name' },
    'src/store/tables.ts': { most: 550, because: 'one line for each column of the schema' },
    'src/client/index.ts': { most: 400, because: 'stands alone: partners get one file that imports nothing' },
    'src/ledger/world.ts': { most: 320, because: 'one member for each kind of thing that calls look at' },
  }

  test('have at most 250 lines, but for a few glossaries', () => {
    const long = sources.flatMap(({ path, lines }) => {
      const count = lines.length - 1
      return count > (longer[path]?.most ?? 250) ? [`${path}:${count}: has ${count} lines`] : []
    })
    expect(long).toEqual([])
    const unneeded = Object.keys(longer).filter((path) => {
      const source = sources.find((one) => one.path === path)
      return !source || source.lines.length - 1 <= 250
    })
    expect(unneeded).toEqual([])
  })

  test('have functions of at most 70 lines', () => {
    expect(sources.flatMap(longFunctions)).toEqual([])
  })
})

/** The formatter puts the closing brace of a function under its first line, so indentation tells where it ends. */
function longFunctions({ path, code }: Source): string[] {
  const begins =
    /^(\s*)(?:export )?(?:default )?(?:(?:async )?function\b|(?:const|let) \w+ = (?:async )?(?:\([^)]*\)|\w+)(?:: [^=]+)? => \{$|(?:static |async |get |set |override )*#?\w+\([^;]*\)?(?:: .+)? \{$|(?:async )?\w+\($)/
  const keyword = /^\s*(?:if|for|while|switch|catch|return|else|do|super)\b/
  return code.flatMap((line, index) => {
    const found = begins.exec(line)
    if (!found || keyword.test(line)) return []
    const closing = `${found[1]}}`
    const end = code.findIndex(
      (later, place) => place > index && (later === closing || later === `${closing},`),
    )
    const length = end - index + 1
    return end !== -1 && length > 70 ? [`${path}:${index + 1}: a function of ${length} lines`] : []
  })
}
