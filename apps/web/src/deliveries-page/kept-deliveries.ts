import type { Delivery } from '@fleet/domain'
import type { PagedRows } from '../live/paged-rows.ts'
import { type DeliveryQuery, isNarrower } from './delivery-query.ts'

/** Where rows come from: pages of the server that hold all that `query` finds, and maybe more. */
export interface DeliverySource {
  readonly query: DeliveryQuery
  readonly paged: PagedRows<Delivery>
}

/** The widest list that was read to its end: filters that narrow it are answered at once, and without the server. */
export class KeptDeliveries {
  #source: DeliverySource | null = null
  #snapshotNo = 0

  /** @param snapshotNo rows that were read before a gap in the live channel are not kept up to date */
  keep(source: DeliverySource, snapshotNo: number): void {
    if (this.find(source.query, snapshotNo) !== null) return
    this.#source = source
    this.#snapshotNo = snapshotNo
  }

  /** @returns null when the server has to be asked */
  find(query: DeliveryQuery, snapshotNo: number): DeliverySource | null {
    const source = this.#source
    return source !== null && this.#snapshotNo === snapshotNo && isNarrower(query, source.query)
      ? source
      : null
  }
}
