/** A type of our own, so that no text field takes the drop. */
export const issueDragType = 'application/x-fleet-issue'
