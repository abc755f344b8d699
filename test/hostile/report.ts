/** What is printed of an attack: a table of methods, and one of doors. */
import { registry } from '../../src/methods/index.ts'
import type { DoorsReport } from './doors.ts'
import type { Report } from './run.ts'
import type { Noted } from './served.ts'

function aligned(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => String(cells[column] ?? '').length)),
  )
  return rows
    .map((cells) =>
      cells
        .map((cell, column) =>
          column === 0 || typeof cell === 'string'
            ? String(cell).padEnd(widths[column] ?? 0)
            : cellOf(cell, widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cellOf(cell: number, width = 0): string {
  return String(cell).padStart(width)
}

/** A line for each method: how often it was answered, how often refused for what was sent, and by its own refusals. */
export function tableOfMethods({ table }: Report, slowest: Noted['slowest']): string {
  const columns = ['ok', 'params_invalid', 'forbidden', 'invalid_request', 'notification']
  const head = ['method', 'calls', ...columns, 'own refusals', 'others', 'slowest ms']
  const lines = [...table].sort().map(([method, outcomes]) => {
    const own: readonly string[] = registry[method]?.faults ?? []
    const sum = (which: (outcome: string) => boolean): number =>
      [...outcomes].reduce((total, [outcome, count]) => total + (which(outcome) ? count : 0), 0)
    return [
      method,
      sum(() => true),
      ...columns.map((column) => outcomes.get(column) ?? 0),
      sum((outcome) => own.includes(outcome)),
      sum((outcome) => !columns.includes(outcome) && !own.includes(outcome)),
      Math.round(slowest[method] ?? 0),
    ]
  })
  return aligned([head, ...lines])
}

/** A line for each door beside `/rpc`: how many requests, how long the slowest took, and what they were answered. */
export function tableOfDoors({ table }: DoorsReport): string {
  const lines = [...table].map(([door, { requests, statuses, slowest }]) => [
    door,
    requests,
    Math.round(slowest),
    [...statuses]
      .sort(([one], [other]) => one - other)
      .map(([status, count]) => `${count} × ${status === 0 ? 'cut off' : status}`)
      .join(', '),
  ])
  return aligned([['door', 'requests', 'slowest ms', 'answers'], ...lines])
}
