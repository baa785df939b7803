import { homedir } from 'node:os';

/** What a running system has and a model has not: the time of day, chance, the user. Tests hand in their own. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to, but not, 1. */
  readonly random: () => number;
  /** @default that of this process */
  readonly user?: (() => KubeconfigUser) | undefined;
}

/** Where somebody keeps kubeconfigs. */
export interface KubeconfigUser {
  /** $KUBECONFIG: files, with the separator of the system between them; empty: it says nothing. */
  readonly kubeconfigs: string;
  /** The home directory. */
  readonly home: string;
}

/** The clock, the chance and the user of this machine. This file is the edge of the room: nothing else of it reads them. */
export const MACHINE = {
  now: () => Date.now(),
  random: () => Math.random(),
  user: () => ({ kubeconfigs: process.env['KUBECONFIG'] ?? '', home: homedir() }),
} satisfies Surroundings;
