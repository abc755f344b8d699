/** What a long play has met, counted, and told in tables. */

/** What was sent, as a stage counts it: the method, and `answered` or the reason of the refusal. */
const sent = /^sent (\S+) (\S+)$/

export class Tally {
  readonly met = new Map<string, number>()
  courses = 0
  #began = performance.now()

  /** Time counts from here. */
  begin(): void {
    this.#began = performance.now()
  }

  /** How many calls were answered or refused. */
  get calls(): number {
    let sum = 0
    for (const [outcome, count] of this.met) if (sent.test(outcome)) sum += count
    return sum
  }

  /** Which of the methods have only been refused, or never tried. */
  neverAnswered(methods: readonly string[]): string[] {
    return methods.filter((method) => !this.met.has(`sent ${method} answered`))
  }

  /** How far it has come. */
  line(): string {
    const seconds = (performance.now() - this.#began) / 1_000
    const of = (outcome: string): number => this.met.get(outcome) ?? 0
    const restarts = `${of('restart closed')} servers closed, ${of('restart killed')} killed`
    return `${seconds.toFixed(0).padStart(5)} s: ${this.calls} calls in ${this.courses} courses, ${restarts}, ${of('broken off')} calls broken off`
  }

  /** Each method with how often it was answered and refused, and what else was met. */
  tables(): string {
    const methods = new Map<string, { answered: number; refused: [reason: string, count: number][] }>()
    const others: string[] = []
    for (const [outcome, count] of [...this.met].sort()) {
      const [, method, how] = sent.exec(outcome) ?? []
      if (method === undefined || how === undefined) {
        if (!isNoted(outcome)) others.push(`${String(count).padStart(8)}  ${outcome}`)
        continue
      }
      const row = methods.get(method) ?? { answered: 0, refused: [] }
      if (how === 'answered') row.answered += count
      else row.refused.push([how, count])
      methods.set(method, row)
    }
    const repeats = (method: string): number => this.met.get(`${method} repeat`) ?? 0
    const rows = [...methods].map(([method, { answered, refused }]) => {
      const reasons = refused.map(([reason, count]) => `${reason} ${count}`).join(', ') || '–'
      return `${method.padEnd(24)} ${String(answered).padStart(8)} ${String(repeats(method)).padStart(8)}  ${reasons}`
    })
    const head = `${'method'.padEnd(24)} ${'answered'.padStart(8)} ${'repeats'.padStart(8)}  refused`
    return `${head}\n${rows.join('\n')}\n\n${others.join('\n')}\n`
  }
}

/** Outcomes of foretold calls, which the first table has already. */
const isNoted = (outcome: string): boolean => /^[a-z]+[A-Z]\w* \S+$/.test(outcome)
