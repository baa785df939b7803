import type { IssueCollector } from './issues';
import { show } from './issues';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Longest name of a workload. A StatefulSet's pods carry the label `controller-revision-hash`,
 * `<name>-<10 characters>`, and a label's value holds 63.
 * @see https://github.com/kubernetes/kubernetes/issues/64023
 */
export const MAX_WORKLOAD_NAME = 52;

/** True for an RFC 1123 label: what Services, ports of pods and namespaces may be called. */
export function isDnsLabel(text: string, max = 63): boolean {
  return text.length <= max && DNS_LABEL.test(text);
}

/** True for a host name with at least one label; a leading `*.` is allowed on request. */
export function isHostName(text: string, options: { wildcard?: boolean } = {}): boolean {
  const host = options.wildcard === true && text.startsWith('*.') ? text.slice(2) : text;
  return host.length > 0 && host.length <= 253 && host.split('.').every((label) => isDnsLabel(label));
}

/**
 * True for a host name as a resolver takes it: names of containers may have "_" and capitals. What ends with a number
 * after a dot is an address, or a mistake for one.
 */
export function isAnyHost(text: string): boolean {
  const labels = text.split('.');
  return (
    text.length <= 253 &&
    labels.every((label) => /^\w([\w-]{0,61}\w)?$/.test(label)) &&
    (labels.length === 1 || !/^\d+$/.test(labels.at(-1) ?? ''))
  );
}

/** True for an IPv4 or IPv6 CIDR block with a prefix length. */
export function isCidr(text: string): boolean {
  const [address, prefix, ...rest] = text.split('/');
  if (address === undefined || prefix === undefined || rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return false;
  const bits = Number(prefix);
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) {
    return bits <= 32 && address.split('.').every((byte) => Number(byte) <= 255 && !/^0\d/.test(byte));
  }
  return bits <= 128 && /^[0-9a-fA-F:]+$/.test(address) && isIpv6(address);
}

function isIpv6(address: string): boolean {
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  return (
    groups.every((g) => /^[0-9a-fA-F]{1,4}$/.test(g)) && (halves.length === 2 ? groups.length < 8 : groups.length === 8)
  );
}

/** Checks the name of a service against what it becomes on both targets. */
export function checkName(issues: IssueCollector, name: string, prefix: string): void {
  const kubernetesName = prefixed(prefix, name);
  const max = MAX_WORKLOAD_NAME - (kubernetesName.length - name.length);
  // A Service is called by an RFC 1035 label, which starts with a letter.
  if (isDnsLabel(name) && isDnsLabel(kubernetesName, MAX_WORKLOAD_NAME) && /^[a-z]/.test(kubernetesName)) return;
  issues.add({
    code: 'TARS1003',
    message:
      isDnsLabel(name) && isDnsLabel(prefix)
        ? `the name is too long: "${kubernetesName}" has ${kubernetesName.length} characters`
        : isDnsLabel(name)
          ? `the chart's id "${prefix}" is not a DNS label, and every object's name starts with it`
          : 'the name is not a DNS label',
    given: show(name),
    allowed: `lower-case letters, digits and "-", starting and ending with a letter or digit, at most ${Math.max(max, 1)} characters here`,
    remedy: 'choose another name, by the construct id or by the property "name"',
  });
}

/** `<prefix>-<name>`, or the name alone where there is no prefix. */
export function prefixed(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}-${name}`;
}

/** The likeliest meaning of a misspelt word, if one is close enough. */
export function closest(word: string, allowed: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of allowed) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
