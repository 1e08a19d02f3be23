import type { ClusterPki } from '../pki/cluster-pki.ts'
import type { ClusterSecrets } from '../secrets/cluster-secrets.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'

/** What a changed file asks of its service. */
export type ChangeEffect =
  /** `systemctl restart UNIT`; etcd: one member at a time. */
  | { readonly do: 'restart'; readonly unit: string }
  | { readonly do: 'reload'; readonly unit: string }
  /** Timers and drop-ins: `systemctl daemon-reload` (always done for files below /etc/systemd), then restart. */
  | { readonly do: 'nothing' }

/** One file on one host, as the deploy writes it and as `render --out` shows it. */
export interface RenderedFile {
  /** Absolute, on the host. */
  readonly path: string
  readonly content: string
  readonly mode: '0600' | '0640' | '0644' | '0755'
  readonly owner: string
  readonly group: string
  /**
   * True: a password or a private key, never shown, only that it changes. A list: the keys (`KEY: ...`, `KEY=...`, and
   * what ends with it, a line each) whose values are never shown.
   */
  readonly secret: boolean | readonly string[]
  readonly onChange: ChangeEffect
}

/** By host name, in the order of the spec; files sorted by path. */
export type RenderedCluster = ReadonlyMap<string, readonly RenderedFile[]>

/** What every daemon's module renders from. */
export interface RenderInput {
  readonly spec: ClusterSpec
  readonly secrets: ClusterSecrets
  readonly pki: ClusterPki
}

/** A daemon's module: its files on one host; empty where the daemon does not run. Pure. */
export type RenderDaemon = (input: RenderInput, host: HostSpec) => readonly RenderedFile[]
