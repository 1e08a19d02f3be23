import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import list from '../list-page/list-page.module.css'
import type { FigureLink as Address } from './figure-links.ts'

interface FigureLinkProps {
  readonly link: Address | null
  /** What the figure is of, for whoever hears it alone. */
  readonly label: string
  readonly children: ReactNode
}

/** A figure that leads to its rows; plain text where there are none to show. */
export function FigureLink({ link, label, children }: FigureLinkProps) {
  if (link === null) return children
  return (
    <Link to={link.to} search={link.search} className={list.link} aria-label={label}>
      {children}
    </Link>
  )
}
