import { isDnsLabel } from '../../../model/names';
import { listOf } from '../../read';
import type { Check, Visit } from '../check';
import { isAddress } from '../cidr';
import { DNS_LABEL, DNS_SUBDOMAIN, isDnsSubdomain, isQualifiedName, QUALIFIED_NAME } from '../syntax';
import { names } from './names';

interface Form {
  readonly is: (text: string) => boolean;
  readonly allowed: string;
}

const SUBDOMAIN: Form = { is: isDnsSubdomain, allowed: DNS_SUBDOMAIN };
const LABEL: Form = { is: (text) => isDnsLabel(text), allowed: DNS_LABEL };
const SEGMENT: Form = {
  is: (text) => text !== '.' && text !== '..' && !/[/%]/.test(text),
  allowed: 'any text without "/" and "%"',
};
const ADDRESS: Form = { is: isAddress, allowed: 'an address, e.g. 10.0.0.1' };
const QUALIFIED: Form = { is: isQualifiedName, allowed: QUALIFIED_NAME };
const SEARCH: Form = {
  is: (text) => text === '.' || isDnsSubdomain(text.replace(/\.$/, '').replaceAll('_', 'x')),
  allowed: DNS_SUBDOMAIN,
};

/** Texts that name something else, by type and field. */
const FORMS: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  'apps/v1.StatefulSetSpec': { serviceName: LABEL },
  'autoscaling/v1.CrossVersionObjectReference': { kind: SEGMENT, name: SEGMENT },
  'autoscaling/v2.CrossVersionObjectReference': { kind: SEGMENT, name: SEGMENT },
  'core/v1.TypedLocalObjectReference': { apiGroup: SUBDOMAIN, kind: SEGMENT, name: SEGMENT },
  'autoscaling/v2.ContainerResourceMetricSource': { container: LABEL },
  'rbac/v1.RoleRef': { name: SEGMENT },
  'core/v1.EphemeralContainer': { name: LABEL },
  'core/v1.FileKeySelector': { volumeName: LABEL },
  'core/v1.PodSchedulingGate': { name: QUALIFIED },
  'core/v1.NodeSelectorRequirement': { key: QUALIFIED },
  'core/v1.PersistentVolumeClaimSpec': { storageClassName: SUBDOMAIN, volumeAttributesClassName: SUBDOMAIN },
  'core/v1.PodDNSConfig': { nameservers: ADDRESS, searches: SEARCH },
  'core/v1.HostAlias': { ip: ADDRESS, hostnames: SUBDOMAIN },
  'core/v1.PodAffinityTerm': {
    ...{ namespaces: LABEL, topologyKey: QUALIFIED, matchLabelKeys: QUALIFIED, mismatchLabelKeys: QUALIFIED },
  },
  'core/v1.TopologySpreadConstraint': { topologyKey: QUALIFIED, matchLabelKeys: QUALIFIED },
  'core/v1.PodSpec': {
    ...{ hostname: LABEL, subdomain: LABEL, hostnameOverride: SUBDOMAIN, serviceAccountName: SUBDOMAIN },
    ...{ nodeName: SUBDOMAIN, runtimeClassName: SUBDOMAIN, priorityClassName: SUBDOMAIN },
  },
  'core/v1.Container': { name: LABEL },
  'core/v1.Volume': { name: LABEL },
  'core/v1.SecretKeySelector': { name: SUBDOMAIN },
  'core/v1.ConfigMapKeySelector': { name: SUBDOMAIN },
  'core/v1.SecretEnvSource': { name: SUBDOMAIN },
  'core/v1.ConfigMapEnvSource': { name: SUBDOMAIN },
  'core/v1.ServicePort': { name: LABEL, appProtocol: QUALIFIED },
  'networking/v1.IngressServiceBackend': { name: LABEL },
  'networking/v1.IngressSpec': { ingressClassName: SUBDOMAIN },
  'networking/v1.IngressTLS': { secretName: SUBDOMAIN },
};

/** What names another object, a host or a label is written as such names are. */
export const texts: Check = {
  code: names.code,
  severity: names.severity,
  refusedBy: names.refusedBy,
  title: names.title,
  why: names.why,
  remedy: names.remedy,
  on: Object.fromEntries(
    Object.entries(FORMS).map(([type, fields]) => [
      type,
      (visit: Visit) => {
        checkFields(visit, fields);
      },
    ]),
  ),
};

/** Empty texts are not given: where they have to be, the schema says so. */
function checkFields({ value, say }: Visit, fields: Readonly<Record<string, Form>>): void {
  for (const [field, { is, allowed }] of Object.entries(fields)) {
    const given = value[field];
    if (typeof given === 'string' && given !== '' && !is(given)) say([field], 'not a name of this kind', allowed);
    listOf(given).forEach((one, index) => {
      if (typeof one === 'string' && !is(one)) say([field, index], 'not a name of this kind', allowed);
    });
  }
}
