import { Construct } from 'constructs';
import { externalSecretObject } from '../kubernetes/secret';
import { IssueCollector, show } from '../model/issues';
import { isCidr } from '../model/names';
import { PropsReader } from '../model/props-reader';
import { addCidrIssue } from '../model/read-ports';
import type { SecretSource, Settings } from '../model/settings';
import { KUBERNETES_VERSION_FORMAT, parseKubernetesMinor } from '../model/versions';
import { DEFAULT_SETTINGS } from './default-settings';
import { addObject } from './manifest';
import { chartOf, register, systemOf } from './system';

/** Where the images that the project builds go. */
export interface ImageSettings {
  /** Registry and path, e.g. `ghcr.io/acme`. @default - none: the images are loaded into the nodes */
  readonly registry?: string;
  /** Tag of every image that the project builds. @default "0.1.0" */
  readonly tag?: string;
  /** When these images are pulled. @default "IfNotPresent" */
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** Name of an existing Secret with the registry's credentials. @default - none */
  readonly pullSecret?: string;
}

/** Where the values of the system's own Secret come from. */
export interface SecretSettings {
  /**
   * `generated`: made on this machine by `tars secrets init`; `existing`: a Secret that is there
   * already; `external`: an ExternalSecret.
   * @default "generated"
   */
  readonly source?: 'generated' | 'existing' | 'external';
  /** Name of the existing Secret. @default - `<prefix>-secrets` */
  readonly secretName?: string;
  /** Name of the SecretStore. @default "default" */
  readonly storeName?: string;
  /** Whether the store is of the namespace or of the cluster. @default "SecretStore" */
  readonly storeKind?: 'SecretStore' | 'ClusterSecretStore';
  /** Key in the store whose properties are the Secret's keys. @default - the chart's id */
  readonly remoteKey?: string;
  /** How often the operator reads the store. @default "1h" */
  readonly refreshInterval?: string;
}

/** The cluster's DNS, as network policies have to name it. */
export interface DnsSettings {
  /** Namespace of the DNS server's pods. @default "kube-system" */
  readonly namespace?: string;
  /** Labels of the DNS server's pods. @default - k8s-app: kube-dns */
  readonly podLabels?: { readonly [key: string]: string };
  /** Addresses of node-local caches. @default ["169.254.20.10/32"] */
  readonly cidrs?: readonly string[];
  /** Ports that the pods listen on. @default [53] */
  readonly ports?: readonly number[];
}

/** What holds for every service of a system. */
export interface SystemSettingsProps {
  /** Version of the API server that the output is for, "1.25" to "1.37". @default "1.25" */
  readonly kubernetesVersion?: string;
  /** What the compose file is for. @default "development" */
  readonly environment?: 'development' | 'production';
  /** Where the images that the project builds go. @default - no registry */
  readonly images?: ImageSettings;
  /** Where the values of the system's Secret come from. @default - generated on this machine */
  readonly secrets?: SecretSettings;
  /** The cluster's DNS. @default - kube-dns in kube-system */
  readonly dns?: DnsSettings;
  /** Namespaces whose pods may scrape metrics. @default - none but the system itself */
  readonly monitoringNamespaces?: readonly string[];
}

const KEYS = {
  kubernetesVersion: true,
  environment: true,
  images: true,
  secrets: true,
  dns: true,
  monitoringNamespaces: true,
} as const;

/** Settings of the system that the construct stands in: the TarsChart around it, else the whole app. */
export class SystemSettings extends Construct {
  public constructor(scope: Construct, id: string, props: SystemSettingsProps = {}) {
    super(scope, id);
    const issues = new IssueCollector(scope.node.path);
    const { chart, prefix } = chartOf(this);
    const settings = readSettings(new PropsReader<SystemSettingsProps>(props, issues, KEYS), prefix);
    register(this, { settings, issues: issues.issues });
    if (settings.secrets.kind === 'external') {
      addObject(
        this,
        externalSecretObject(chart, prefix, settings.secrets, () => systemOf(this)),
      );
    }
  }
}

function readSettings(reader: PropsReader<SystemSettingsProps>, prefix: string): Settings {
  const images = new PropsReader<ImageSettings>(reader.raw('images') as ImageSettings, reader.at('images'), {
    registry: true,
    tag: true,
    pullPolicy: true,
    pullSecret: true,
  });
  const dns = new PropsReader<DnsSettings>(reader.raw('dns') as DnsSettings, reader.at('dns'), {
    namespace: true,
    podLabels: true,
    cidrs: true,
    ports: true,
  });
  const usual = DEFAULT_SETTINGS;
  const cidrs = dns.strings('cidrs') ?? usual.network.dns.cidrs;
  cidrs.forEach((cidr, index) => {
    if (!isCidr(cidr)) addCidrIssue(dns.at('cidrs').at(index), cidr);
  });
  return {
    kubernetesMinor: readVersion(reader),
    environment: reader.oneOf('environment', ['development', 'production'], 'development'),
    images: {
      registry: images.string('registry')?.replace(/\/+$/, ''),
      tag: readTag(images),
      pullPolicy: images.oneOf('pullPolicy', ['Always', 'IfNotPresent', 'Never'], 'IfNotPresent'),
      pullSecret: images.string('pullSecret'),
    },
    network: {
      monitoringNamespaces: [...(reader.strings('monitoringNamespaces') ?? [])].sort(),
      dns: {
        namespace: dns.string('namespace', usual.network.dns.namespace),
        podLabels: dns.has('podLabels')
          ? (Object.fromEntries(dns.entries('podLabels')) as Record<string, string>)
          : usual.network.dns.podLabels,
        cidrs,
        ports: dns.has('ports') ? (dns.list('ports') as number[]) : usual.network.dns.ports,
      },
    },
    secrets: readSecrets(reader, prefix),
    composeProject: usual.composeProject,
    secretsDirectory: usual.secretsDirectory,
  };
}

function readVersion(reader: PropsReader<SystemSettingsProps>): number {
  const text = reader.string('kubernetesVersion');
  if (text === undefined) return DEFAULT_SETTINGS.kubernetesMinor;
  const minor = parseKubernetesMinor(text);
  if (minor !== undefined) return minor;
  reader.at('kubernetesVersion').add({
    code: 'TARS1017',
    message: 'a Kubernetes version outside the supported range',
    given: show(text),
    allowed: KUBERNETES_VERSION_FORMAT,
    remedy: 'name the minor version of your API server (kubectl version)',
  });
  return DEFAULT_SETTINGS.kubernetesMinor;
}

function readTag(images: PropsReader<ImageSettings>): string {
  const tag = images.string('tag', DEFAULT_SETTINGS.images.tag);
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag) && tag !== 'latest') return tag;
  images.at('tag').add({
    code: 'TARS1008',
    message: 'the tag does not name one image for good',
    given: show(tag),
    allowed: 'a tag other than "latest"',
    remedy: 'use a version or a commit id',
  });
  return DEFAULT_SETTINGS.images.tag;
}

function readSecrets(reader: PropsReader<SystemSettingsProps>, prefix: string): SecretSource {
  const secrets = new PropsReader<SecretSettings>(reader.raw('secrets') as SecretSettings, reader.at('secrets'), {
    source: true,
    secretName: true,
    storeName: true,
    storeKind: true,
    remoteKey: true,
    refreshInterval: true,
  });
  const source = secrets.oneOf('source', ['generated', 'existing', 'external'], 'generated');
  if (source === 'existing') return { kind: 'existing', secretName: secrets.string('secretName', `${prefix}-secrets`) };
  if (source === 'generated') return { kind: 'generated' };
  return {
    kind: 'external',
    storeName: secrets.string('storeName', 'default'),
    storeKind: secrets.oneOf('storeKind', ['SecretStore', 'ClusterSecretStore'], 'SecretStore'),
    remoteKey: secrets.string('remoteKey', prefix),
    refreshInterval: secrets.string('refreshInterval', '1h'),
  };
}
