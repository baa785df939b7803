import { isIP, isIPv4, isIPv6 } from 'node:net';
import { BALANCING_STRATEGIES } from '../model/balancing';
import type { Issue } from '../model/issues';
import { IssueCollector, show } from '../model/issues';
import { isAnyHost, isDnsLabel, isHostName } from '../model/names';
import type { Keys } from '../model/props-reader';
import { PropsReader } from '../model/props-reader';
import type { BalancedBackend, BalancingSubject, BalancingTarget } from './balancing-subject';
import { BALANCING_TARGETS } from './balancing-subject';
import { withoutBrackets } from './nginx-upstream';

const SUBJECT: Keys<BalancingSubject> = { name: true, backends: true, resolver: true };
const BACKEND: Keys<BalancedBackend> = { name: true, port: true, weight: true };

/** What a target takes. */
interface Limits {
  readonly mostWeight: number;
  readonly fewestBackends: number;
  readonly mostBackends: number;
}

const ANY: Limits = { mostWeight: 1_000_000, fewestBackends: 0, mostBackends: Infinity };
/** @see https://gateway-api.sigs.k8s.io/reference/spec/#httpbackendref */
const HTTP_ROUTE: Limits = { ...ANY, fewestBackends: 1, mostBackends: 16 };
const LIMITS: Readonly<Record<BalancingTarget, Limits>> = {
  // The weights of LoadBalancer: sums of them stay small whole numbers.
  nginx: { ...ANY, mostWeight: 65_535, fewestBackends: 1 },
  'http-route': HTTP_ROUTE,
  'nginx-gateway-fabric': HTTP_ROUTE,
  'ingress-nginx': ANY,
  'envoy-gateway': ANY,
  service: ANY,
};

/** Everything that the target would refuse, and what would be said wrongly in its words. */
export function balancingIssues(strategy: unknown, target: unknown, subject: unknown): readonly Issue[] {
  const issues: Issue[] = [];
  oneOf(new IssueCollector('strategy', issues), strategy, BALANCING_STRATEGIES);
  const known = oneOf(new IssueCollector('target', issues), target, BALANCING_TARGETS);
  if (known !== undefined) checkSubject(new IssueCollector('subject', issues), subject, known);
  return issues;
}

function oneOf<T extends string>(at: IssueCollector, given: unknown, allowed: readonly T[]): T | undefined {
  const found = allowed.find((one) => one === given);
  if (found === undefined) {
    at.add({
      code: 'TARS1002',
      message: 'not one of the allowed values',
      given: show(given),
      allowed: allowed.map((one) => `"${one}"`).join(', '),
      remedy: 'choose one of them',
    });
  }
  return found;
}

function checkSubject(at: IssueCollector, subject: unknown, target: BalancingTarget): void {
  const reader = new PropsReader<BalancingSubject>(subject as BalancingSubject, at, SUBJECT);
  checkText(reader, 'name', target === 'nginx' ? UPSTREAM_NAME : OBJECT_NAME);
  if (reader.has('resolver')) checkText(reader, 'resolver', RESOLVER);
  if (!reader.has('backends')) {
    refuse(at.at('backends'), 'a value is missing', undefined, 'a list', 'give the backends');
    return;
  }
  const { mostWeight, fewestBackends, mostBackends } = LIMITS[target];
  const backends = reader.list('backends');
  if (backends.length < fewestBackends && Array.isArray(reader.raw('backends'))) {
    refuse(at.at('backends'), 'there is no backend', [], `${fewestBackends} or more`, 'name a backend');
  }
  if (backends.length > mostBackends) {
    const remedy = 'spread them over several rules or policies';
    refuse(at.at('backends'), 'too many backends', backends.length, `at most ${mostBackends}`, remedy);
  }
  const seen = new Map<string, number>();
  backends.forEach((backend, index) => {
    const one = at.at('backends').at(index);
    const props = new PropsReader<BalancedBackend>(backend as BalancedBackend, one, BACKEND);
    const name = checkText(props, 'name', target === 'nginx' ? HOST : SERVICE_NAME);
    if (!props.has('port')) refuse(one.at('port'), 'a value is missing', undefined, '1 to 65535', 'set "port"');
    props.integer('port', { min: 1, max: 65_535 });
    props.integer('weight', { min: 0, max: mostWeight });
    if (name === undefined) return;
    const address = `${withoutBrackets(name).toLowerCase()} ${show(props.raw('port'))}`;
    const first = seen.get(address);
    if (first === undefined) seen.set(address, index);
    else refuse(one, `the same as backends[${first}]`, backend, 'each once', 'leave it out, and add its weight there');
  });
}

interface Text {
  readonly message: string;
  readonly is: (text: string) => boolean;
  readonly allowed: string;
  readonly remedy: string;
}

const UPSTREAM_NAME: Text = {
  message: 'no name of an upstream',
  is: (text) => /^[\w.-]{1,253}$/.test(text),
  allowed: 'letters, digits, "_", "-" and ".", at most 253 characters',
  remedy: 'choose another name',
};
const OBJECT_NAME: Text = {
  message: 'no name of an object',
  is: (text) => isHostName(text),
  allowed: 'lower-case letters, digits, "-" and ".", at most 253 characters',
  remedy: 'choose another name',
};
const SERVICE_NAME: Text = {
  message: 'no name of a Service',
  is: (text) => isDnsLabel(text),
  allowed: 'lower-case letters, digits and "-", at most 63 characters',
  remedy: 'name a Service of the same namespace, without the namespace',
};
const HOST: Text = {
  message: 'no host',
  is: (text) => isIPv4(text) || isPlainIPv6(withoutBrackets(text)) || isAnyHost(text),
  allowed: 'a host name, an IPv4 address, or an IPv6 address without a zone',
  remedy: 'leave out scheme, port and path',
};
const RESOLVER: Text = {
  message: 'no address of a name server',
  is: isResolver,
  allowed: 'an IPv4 address, or an IPv6 address in brackets, each with a port or without',
  remedy: 'name the server by its address, such as 127.0.0.11 or [::1]:5353',
};

/** @returns the text when it is one and in order */
function checkText<P extends object>(reader: PropsReader<P>, key: keyof P & string, text: Text): string | undefined {
  const given = reader.requiredString(key, '');
  if (typeof reader.raw(key) !== 'string') return undefined;
  if (text.is(given)) return given;
  refuse(reader.at(key), text.message, given, text.allowed, text.remedy);
  return undefined;
}

function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function isResolver(text: string): boolean {
  const [, address = '', port = '53'] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isAddress = address.startsWith('[') ? isPlainIPv6(withoutBrackets(address)) : isIP(address) === 4;
  return isAddress && Number(port) >= 1 && Number(port) <= 65_535;
}

function refuse(at: IssueCollector, message: string, given: unknown, allowed: string, remedy: string): void {
  at.add({ code: 'TARS7103', message: `the target cannot have it: ${message}`, given: show(given), allowed, remedy });
}
