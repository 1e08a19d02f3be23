import type { BikeStatus } from '@fleet/domain'
import type { ReactNode } from 'react'
import { statusLooks, type StatusShape } from '../theme/statuses.ts'
import styles from './status-icon.module.css'

const paths: Record<StatusShape, ReactNode> = {
  circle: <circle cx="8" cy="8" r="5.5" />,
  arrow: <path d="M8 1.6l5 12-5-2.4-5 2.4z" />,
  square: (
    <>
      <rect x="2.5" y="2.5" width="11" height="11" rx="2" />
      <path className={styles.eye} d="M9 4.4L6.4 8.3h3L7 11.6" fill="none" strokeWidth="1.5" />
    </>
  ),
  diamond: (
    <>
      <path d="M8 1.3L14.7 8 8 14.7 1.3 8z" />
      <circle className={styles.eye} cx="8" cy="8" r="2" fill="none" strokeWidth="1.5" />
    </>
  ),
  triangle: (
    <>
      <path d="M8 1.6l6.6 11.8H1.4z" />
      <path className={styles.eye} d="M8 6v3.4M8 11.3v.2" fill="none" strokeWidth="1.6" />
    </>
  ),
}

/** The marker as it is on the map; always beside the word, so hidden from screen readers. */
export function StatusIcon({ status, size = 16 }: { status: BikeStatus; size?: number }) {
  return (
    <svg
      className={styles.icon}
      data-status={status}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      {paths[statusLooks[status].shape]}
    </svg>
  )
}
