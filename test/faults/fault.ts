/** What a fault is: a scene that it needs, and a blow that is struck again and again while callers go on calling. */
import type { Answers } from './calls.ts'
import type { Scene, SceneOptions } from './scene.ts'

export interface Field {
  readonly scene: Scene
  readonly answers: Answers
  /** The chance of this round, which its seed brings back. */
  readonly chance: () => number
}

export interface Fault {
  readonly name: string
  /** What happens, as the legend of the table tells it. */
  readonly does: string
  readonly scene: SceneOptions
  /** Blows in a round, where they take so long that there cannot be as many as there is time for. */
  readonly strikes?: number
  /** Strikes, and mends what it broke. Rejects when it could not strike. */
  strike(field: Field): Promise<void>
}
