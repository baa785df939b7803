import type { ConnectionAttempt } from './connection-attempt';
import type { LogExcerpt } from './log-excerpt';
import type { ComposeSnapshot } from './compose-snapshot';
import { diagnoseCompose, diagnoseKubernetes } from './diagnose';
import type { Finding } from './finding';
import type { KubernetesSnapshot } from './kubernetes-snapshot';
import type { WantedLog } from './logs-wanted';
import { composeLogsWanted, kubernetesLogsWanted } from './logs-wanted';

/** Who reads a running system. It changes nothing, and reads no value of a Secret. */
export interface Reader<Snapshot> {
  /** Everything but logs and attempts. */
  readonly read: () => Promise<Snapshot>;
  /** The ends of these logs; what is not there is left out. */
  readonly logs: (wanted: readonly WantedLog[], snapshot: Snapshot) => Promise<readonly LogExcerpt[]>;
  /** Tries the links of the model from inside of each client that runs. */
  readonly attempt: (snapshot: Snapshot) => Promise<Attempts>;
}

/** What came of trying. */
export interface Attempts {
  readonly attempts: readonly ConnectionAttempt[];
  /** Why some links could not be tried. */
  readonly notes: readonly string[];
}

/** What was found, and what could not be looked at. */
export interface Examination {
  readonly findings: readonly Finding[];
  /** Kinds of objects that may not be read: nothing is said of them. */
  readonly unread: readonly string[];
  /** Why some links could not be tried. */
  readonly notes: readonly string[];
  /** Connections that were tried from inside. */
  readonly tried: number;
}

/** Reads a system on a cluster, and says what is wrong with it. */
export async function examineKubernetes(reader: Reader<KubernetesSnapshot>): Promise<Examination> {
  const snapshot = await reader.read();
  const { unread } = snapshot;
  if (!snapshot.namespaceExists) return { findings: diagnoseKubernetes(snapshot), unread, notes: [], tried: 0 };
  const logs = await reader.logs(kubernetesLogsWanted(snapshot), snapshot);
  const tried = await reader.attempt(snapshot);
  const findings = diagnoseKubernetes({ ...snapshot, logs, attempts: tried.attempts });
  return { findings, unread, notes: tried.notes, tried: tried.attempts.length };
}

/** Reads a system on an engine, and says what is wrong with it. */
export async function examineCompose(reader: Reader<ComposeSnapshot>): Promise<Examination> {
  const snapshot = await reader.read();
  const logs = await reader.logs(composeLogsWanted(snapshot), snapshot);
  const tried = await reader.attempt(snapshot);
  const findings = diagnoseCompose({ ...snapshot, logs, attempts: tried.attempts });
  return { findings, unread: [], notes: tried.notes, tried: tried.attempts.length };
}
