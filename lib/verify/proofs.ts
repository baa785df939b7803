import type { Issue } from '../model/issues';
import { sortIssues, TarsError } from '../model/issues';
import { admission } from './admission/admission';
import { capacity } from './capacity/capacity';
import { uniqueObjects } from './duplicates';
import { modelRules } from './model-rules';
import { parity } from './parity/parity';
import type { Proof, Subject } from './proof';
import { reachability } from './reachability/reachability';
import { security } from './security/security';
import type { WaivedIssue } from './waivers';

/** Every part of `tars check`, in the order of the report. A new proof is one row here. */
export const PROOFS: readonly Proof[] = [
  modelRules,
  uniqueObjects,
  admission,
  capacity,
  reachability,
  parity,
  security,
];

/**
 * Those that hold or not by the manifests alone, so that stock `cdk8s synth`, which makes nothing
 * else, asks them as well.
 */
export const MANIFEST_PROOFS: readonly Proof[] = [uniqueObjects, admission, capacity, security];

/** What one proof came to. */
export interface ProofResult {
  /** Its name, e.g. `admission`. */
  readonly name: string;
  /** What was looked at, in numbers, e.g. `71 objects for 1.25`. */
  readonly extent: string;
  /** What does not hold, errors first; none: proved. */
  readonly issues: readonly Issue[];
  /** What does not hold, and why it stays. @default - none */
  readonly waived?: readonly WaivedIssue[];
}

/**
 * Proves what was emitted: the library function behind `tars check`.
 * @param names the proofs that are wanted, e.g. `admission`; all, if nothing is said
 * @returns what does not hold, errors first; none: everything was proved
 * @throws TarsError with TARS6701 for a name that no proof has
 */
export function verify(subject: Subject, names?: readonly string[]): Issue[] {
  return sortIssues(proofsNamed(names).flatMap((proof) => carryOut(proof, subject).issues));
}

/**
 * The proofs of these names, in the order of the report.
 * @throws TarsError with TARS6701 for a name that no proof has
 */
export function proofsNamed(names: readonly string[] = PROOFS.map(({ name }) => name)): Proof[] {
  const unknown = names.filter((name) => !PROOFS.some((proof) => proof.name === name));
  if (unknown.length === 0) return PROOFS.filter(({ name }) => names.includes(name));
  throw new TarsError(
    unknown.map((name) => ({
      code: 'TARS6701',
      severity: 'error',
      path: 'verify',
      message: 'no proof has this name',
      given: `"${name}"`,
      allowed: PROOFS.map((proof) => `"${proof.name}"`).join(', '),
      remedy: 'correct the name',
    })),
  );
}

/** One proof on one subject. What a proof cannot read is not proved: it never holds by accident. */
export function carryOut(proof: Proof, subject: Subject): ProofResult {
  const { name } = proof;
  try {
    return { name, extent: extentOf(proof, subject), issues: sortIssues(proof.prove(subject)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const issue: Issue = {
      code: 'TARS6702',
      severity: 'error',
      path: name,
      message: `the proof could not be carried out: ${message}`,
      remedy: 'mend the objects that other issues name; if there are none, report this one with the files',
    };
    return { name, extent: 'not carried out', issues: [issue] };
  }
}

/** What a proof looks at, in numbers. */
export function extentOf({ extent = objectCount }: Proof, subject: Subject): string {
  return extent(subject);
}

function objectCount({ emitted: { manifests } }: Subject): string {
  return `${manifests.length} object${manifests.length === 1 ? '' : 's'}`;
}
