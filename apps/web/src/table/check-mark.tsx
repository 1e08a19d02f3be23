import styles from './data-table.module.css'

/** Looks like a checkbox; the row's or button's own state is what is read out. */
export function CheckMark({ checked }: { checked: boolean }) {
  return (
    <svg
      className={styles.checkMark}
      data-checked={checked}
      width={16}
      height={16}
      viewBox="0 0 16 16"
      aria-hidden
    >
      <rect x="1" y="1" width="14" height="14" rx="3.5" />
      {checked && <path d="M4.5 8.2l2.4 2.4 4.6-5" fill="none" strokeWidth="2" strokeLinecap="round" />}
    </svg>
  )
}
