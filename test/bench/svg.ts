/** Draws bars and lines as SVG that can be read on light and on dark paper. */

export interface Bar {
  readonly name: string
  readonly value: number
  /** What is written behind the bar. */
  readonly told: string
  /** Drawn in the colour of the house. */
  readonly isOurs: boolean
}

export interface Line {
  readonly name: string
  readonly points: readonly { x: number; y: number }[]
}

export interface Axes {
  readonly x: string
  readonly y: string
  /** Steps of x are drawn by their powers of ten. */
  readonly isLogarithmic?: boolean
}

const width = 760
const font = 13
const colours = ['#2f81c7', '#d9822b', '#3a9b60', '#a259c4', '#c4554d']

const style = `<style>
  text { font: ${font}px system-ui, sans-serif; fill: #333 }
  .title { font-weight: 600; font-size: 15px }
  .faint { fill: #777 }
  .grid { stroke: #8884; stroke-width: 1 }
  .other { fill: #8a94a3 }
  .ours { fill: ${colours[0]} }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } .faint { fill: #aaa } }
</style>`

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function drawing(title: string, height: number, content: readonly string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`
  const told = `<title>${escaped(title)}</title>`
  const heading = `<text class="title" x="16" y="26">${escaped(title)}</text>`
  return `${[head, told, style, heading, ...content, '</svg>'].join('\n')}\n`
}

/** Bars from left to right, one below the other. */
export function bars(title: string, all: readonly Bar[]): string {
  const [left, top, step] = [320, 44, 28]
  const most = Math.max(1e-9, ...all.map(({ value }) => value))
  const content = all.flatMap(({ name, value, told, isOurs }, index) => {
    const y = top + index * step
    const long = round(Math.max(1, (value / most) * (width - left - 100)))
    return [
      `<text x="${left - 10}" y="${y + 15}" text-anchor="end">${escaped(name)}</text>`,
      `<rect class="${isOurs ? 'ours' : 'other'}" x="${left}" y="${y}" width="${long}" height="20" rx="2"/>`,
      `<text x="${left + long + 8}" y="${y + 15}">${escaped(told)}</text>`,
    ]
  })
  return drawing(title, top + all.length * step + 14, content)
}

/** Lines over a common x, with a legend below; y begins at zero. */
export function lines(title: string, axes: Axes, all: readonly Line[]): string {
  const [left, right, top, bottom] = [76, width - 24, 62, 320]
  const scale = axes.isLogarithmic ? Math.log10 : (x: number) => x
  const xs = [...new Set(all.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted(
    (one, other) => one - other,
  )
  const ys = niceSteps(Math.max(1e-9, ...all.flatMap(({ points }) => points.map(({ y }) => y))))
  const [first, last] = [scale(xs[0] ?? 0), scale(xs.at(-1) ?? 1)]
  const xOf = (x: number) => round(left + ((scale(x) - first) / (last - first || 1)) * (right - left))
  const yOf = (y: number) => round(bottom - (y / (ys.at(-1) as number)) * (bottom - top))
  const content = ys.flatMap((y) => [
    `<line class="grid" x1="${left}" x2="${right}" y1="${yOf(y)}" y2="${yOf(y)}"/>`,
    `<text class="faint" x="${left - 8}" y="${yOf(y) + 4}" text-anchor="end">${short(y)}</text>`,
  ])
  for (const x of xs)
    content.push(
      `<text class="faint" x="${xOf(x)}" y="${bottom + 20}" text-anchor="middle">${short(x)}</text>`,
    )
  content.push(
    `<text class="faint" x="${left - 8}" y="${top - 14}" text-anchor="start">${escaped(axes.y)}</text>`,
    `<text class="faint" x="${right}" y="${bottom + 40}" text-anchor="end">${escaped(axes.x)}</text>`,
  )
  for (const [index, { name, points }] of all.entries()) {
    const colour = colours[index % colours.length]
    const path = points.map(({ x, y }) => `${xOf(x)},${yOf(y)}`).join(' ')
    content.push(`<polyline fill="none" stroke="${colour}" stroke-width="2" points="${path}"/>`)
    for (const { x, y } of points)
      content.push(`<circle cx="${xOf(x)}" cy="${yOf(y)}" r="3" fill="${colour}"/>`)
    const y = bottom + 62 + index * 20
    content.push(`<rect x="${left}" y="${y - 10}" width="12" height="12" fill="${colour}"/>`)
    content.push(`<text x="${left + 20}" y="${y}">${escaped(name)}</text>`)
  }
  return drawing(title, bottom + 72 + all.length * 20, content)
}

/** Zero and up to five round steps, of which the last is not below the most. */
export function niceSteps(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most))
  const size = [0.2, 0.5, 1, 2, 5, 10]
    .map((factor) => factor * power)
    .find((step) => step * 5 >= most) as number
  const count = Math.ceil(most / size - 1e-9)
  return Array.from({ length: count + 1 }, (_, index) => Number((index * size).toPrecision(12)))
}

/** A number as axes have it. */
function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`
  return String(Number(value.toPrecision(3)))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
