/** The doors beside `/rpc`, in the order in which they are attacked: the shops' first, while the guest's clock is right. */
import { consoleDoors } from './consoleDoors.ts'
import type { DoorStage } from './doorStage.ts'
import type { Door } from './doors.ts'
import { fileDoors } from './files.ts'
import { hookDoors } from './hooks.ts'
import { openDoors } from './openDoors.ts'

export function doorsOf(stage: DoorStage): Door[] {
  return [...hookDoors(stage), ...fileDoors(stage), ...consoleDoors(stage), ...openDoors()]
}
