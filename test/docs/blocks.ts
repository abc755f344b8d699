/** Reads what stands between the fences of a page, and holds an answer against what a page prints. */
import { readFile } from 'node:fs/promises'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
export type Call = { method: string; params: Json }

export interface Block {
  readonly language: string
  /** What stands behind the language, such as the name of a file. */
  readonly name: string
  readonly code: string
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The text of a guide. */
export const read = (page: string) => readFile(new URL(`../../docs/${page}`, import.meta.url), 'utf8')

/** All blocks of a text, in order. */
export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(
    ([, language = '', name = '', code = '']) => ({ language, name, code }),
  )
}

/** What is printed between the fences of JSON, in order. */
export function jsonBlocks(text: string): Json[] {
  return blocksOf(text)
    .filter(({ language }) => language === 'json')
    .map(({ code }) => JSON.parse(code) as Json)
}

export function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether an answer is what a page prints, placeholders and members left out allowed as the page explains them. */
export function isAsPrinted(printed: Json, answer: Json | undefined): boolean {
  if (printed === '<uuid>') return typeof answer === 'string' && uuid.test(answer)
  if (printed === '<seconds>') return Number.isInteger(answer) && (answer as number) > 1_000_000_000
  if (printed === '<number>') return typeof answer === 'number'
  if (Array.isArray(printed))
    return (
      Array.isArray(answer) &&
      printed.length === answer.length &&
      printed.every((item, index) => isAsPrinted(item, answer[index]))
    )
  if (!isObject(printed)) return printed === answer
  if (!isObject(answer)) return false
  const { '…': leftOut, ...members } = printed
  const names = Object.keys(members)
  if (leftOut === undefined && names.length !== Object.keys(answer).length) return false
  return names.every(
    (name) => Object.hasOwn(answer, name) && isAsPrinted(members[name] as Json, answer[name]),
  )
}
