/** The printed types say exactly what is inferred from the method files. Nothing here runs: `tsc` reads it. */
import type * as printed from '../../schema/client.d.ts'
import type * as inferred from '../../src/client/wire.ts'

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

/** The names under which the two are not the same. */
type Differing<A, B> = {
  [Name in keyof A | keyof B]: Name extends keyof A & keyof B
    ? Same<A[Name], B[Name]> extends true
      ? never
      : Name
    : Name
}[keyof A | keyof B]

type None<Names> = [Names] extends [never] ? true : Names

/** Inference knows the methods that can be previewed only as text; their names are printed. */
export const methodsAreTheSame: None<
  Differing<Omit<printed.Methods, 'preview'>, Omit<inferred.Methods, 'preview'>>
> = true
export const previewIsNarrower: printed.Methods['preview'] extends inferred.Methods['preview']
  ? true
  : never = true
export const refusalsAreTheSame: None<Differing<printed.RefusalData, inferred.RefusalData>> = true
