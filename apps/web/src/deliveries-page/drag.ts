import type { DragEvent } from 'react'

/** Deliveries on the move: ids, comma between. A type of our own, so that no text field takes the drop. */
export const dragType = 'application/x-fleet-deliveries'

export const isDeliveryDrag = (event: Pick<DragEvent, 'dataTransfer'>): boolean =>
  event.dataTransfer.types.includes(dragType)

export const draggedIds = (event: Pick<DragEvent, 'dataTransfer'>): readonly string[] =>
  event.dataTransfer.getData(dragType).split(',').filter(Boolean)

/** Whoever drags one of the selected takes all of them along. */
export const dragOf = (id: string, selection: ReadonlySet<string>) => ({
  type: dragType,
  data: selection.has(id) ? [...selection].join(',') : id,
})
