import type { Issue } from '../model/issues';
import type { ProofResult } from './proofs';

/** Tools whose findings a waiver may be about: ourselves, and linters that read the manifests. */
export const WAIVER_TOOLS = ['tars', 'kube-score', 'kubeconform', 'trivy', 'kube-linter', 'polaris'] as const;

/** One finding that somebody has looked at, and why it stays. */
export interface Waiver {
  readonly tool: (typeof WAIVER_TOOLS)[number];
  /** The tool's own name of the rule, e.g. `TARS6401` or `pod-probes`. */
  readonly rule: string;
  /**
   * `Kind/name` as issues write it, alone or with the path of a field: then it holds for that field
   * only. A `*` at the end stands for any ending, for names that end in a hash.
   */
  readonly object: string;
  /** Why the finding is right, or does not matter here. */
  readonly reason: string;
  /** The environment that it is about, `default` for the one without a name. @default - all of them */
  readonly environment?: string;
}

/** A finding, and why it stays. */
export interface WaivedIssue {
  readonly issue: Issue;
  readonly reason: string;
}

/** What is left of the results of one environment. */
export interface Waived {
  readonly proofs: readonly ProofResult[];
  /** Waivers that are about something that was found. */
  readonly used: ReadonlySet<Waiver>;
}

/** Takes the findings that are waived out of the results, and says of each why. */
export function applyWaivers(
  proofs: readonly ProofResult[],
  waivers: readonly Waiver[],
  environment: string | undefined,
): Waived {
  const name = environment ?? 'default';
  const ours = waivers.filter((one) => one.tool === 'tars' && (one.environment ?? name) === name);
  if (ours.length === 0) return { proofs, used: new Set() };
  const used = new Set<Waiver>();
  const left = proofs.map((proof): ProofResult => {
    const issues: Issue[] = [];
    const waived: WaivedIssue[] = [];
    for (const issue of proof.issues) {
      const matching = canBeWaived(issue) ? ours.filter((waiver) => isAbout(waiver, issue)) : [];
      for (const waiver of matching) used.add(waiver);
      if (matching[0] === undefined) issues.push(issue);
      else waived.push({ issue, reason: matching[0].reason });
    }
    return { ...proof, issues, waived };
  });
  return { proofs: left, used };
}

/** Waivers that nothing was found for: what they were about is mended, or was never there. */
export function staleWaivers(
  file: string,
  waivers: readonly Waiver[],
  used: ReadonlySet<Waiver>,
  tool: Waiver['tool'] = 'tars',
): Issue[] {
  return waivers
    .filter((waiver) => waiver.tool === tool && !used.has(waiver))
    .map((waiver) => ({
      code: 'TARS6711',
      severity: 'error',
      path: `${file} waivers[${waivers.indexOf(waiver)}]`,
      message: `nothing was found that this waiver is about: ${waiver.tool} ${waiver.rule} of ${waiver.object}`,
      given: waiver.reason,
      allowed: 'a waiver for a finding; a mistake of the model itself (an error below TARS6000) cannot be waived',
      remedy: 'remove it, or correct its rule or object',
    }));
}

/** A wrong model stays wrong, and what cannot be read is not proved. */
function canBeWaived({ code, severity }: Issue): boolean {
  return severity !== 'error' || (code >= 'TARS6000' && code < 'TARS6700');
}

function isAbout({ rule, object }: Waiver, { code, path }: Issue): boolean {
  return rule === code && isWithin(path, object);
}

/** Whether a path is that of the object which a waiver names, or of a field in it. */
export function isWithin(path: string, object: string): boolean {
  if (object.endsWith('*')) return path.startsWith(object.slice(0, -1));
  return path === object || (path.startsWith(object) && /^[.[ ]/.test(path.slice(object.length)));
}
