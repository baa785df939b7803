// @ts-check
import { join } from 'node:path';
import { loopback } from './ports.mjs';

/**
 * The API server refuses to advertise a loopback address. Nobody uses this one, which is reserved
 * for documentation (RFC 5737): it only fills the endpoints of the `kubernetes` Service, and there
 * are no pods here to call that.
 */
const advertisedAddress = '192.0.2.1';

const etcdName = 'testbed';

const serviceClusterIpRange = '10.96.0.0/16';

/**
 * The files and ports of one control plane.
 *
 * @typedef {object} Layout
 * @property {string} directory holds everything below
 * @property {number} etcdPort
 * @property {number} etcdPeerPort
 * @property {number} apiServerPort
 */

/** @typedef {{ name: string, args: readonly string[] }} Component */

/** @param {Layout} layout */
export function filesOf({ directory }) {
  const certificates = join(directory, 'certificates');
  return {
    etcdData: join(directory, 'etcd'),
    certificates,
    servingCertificate: join(certificates, 'apiserver.crt'),
    certificateAuthority: join(certificates, 'ca.crt'),
    serviceAccountKey: join(directory, 'service-account.key'),
    tokens: join(directory, 'tokens.csv'),
    kubeconfig: join(directory, 'kubeconfig'),
    controllerManagerKubeconfig: join(directory, 'kube-controller-manager.kubeconfig'),
  };
}

/**
 * @param {Layout} layout
 * @returns {Component}
 */
export function etcd(layout) {
  const clientUrl = etcdUrl(layout);
  const peerUrl = `http://${loopback}:${layout.etcdPeerPort}`;
  return {
    name: 'etcd',
    args: [
      `--name=${etcdName}`,
      `--data-dir=${filesOf(layout).etcdData}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=${etcdName}=${peerUrl}`,
      '--unsafe-no-fsync', // nothing here has to survive a power cut
    ],
  };
}

/**
 * @param {Layout} layout
 * @param {readonly string[]} extraArgs
 * @returns {Component}
 */
export function kubeApiServer(layout, extraArgs) {
  const files = filesOf(layout);
  return {
    name: 'kube-apiserver',
    args: [
      `--etcd-servers=${etcdUrl(layout)}`,
      `--bind-address=${loopback}`,
      `--secure-port=${layout.apiServerPort}`,
      `--advertise-address=${advertisedAddress}`,
      `--cert-dir=${files.certificates}`, // it makes its own certificate there
      `--service-cluster-ip-range=${serviceClusterIpRange}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${files.serviceAccountKey}`,
      `--service-account-signing-key-file=${files.serviceAccountKey}`,
      `--token-auth-file=${files.tokens}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction,ResourceQuota,LimitRanger', // besides the default ones
      '--allow-privileged=true',
      ...extraArgs,
    ],
  };
}

/**
 * @param {Layout} layout
 * @param {readonly string[]} extraArgs
 * @returns {Component}
 */
export function kubeControllerManager(layout, extraArgs) {
  const files = filesOf(layout);
  return {
    name: 'kube-controller-manager',
    args: [
      `--kubeconfig=${files.controllerManagerKubeconfig}`,
      `--service-account-private-key-file=${files.serviceAccountKey}`,
      `--root-ca-file=${files.certificateAuthority}`,
      '--use-service-account-credentials=true', // each controller has the rights of its own role only
      '--leader-elect=false',
      '--secure-port=0', // nobody asks it for metrics or health
      '--kube-api-qps=500', // its default, 20, makes the start take 5 s longer
      '--kube-api-burst=1000',
      ...extraArgs,
    ],
  };
}

/**
 * @param {Layout} layout
 * @param {readonly string[]} extraArgs
 * @returns {Component}
 */
export function kubeScheduler(layout, extraArgs) {
  const { kubeconfig } = filesOf(layout); // it may do everything, which is more than it needs
  return {
    name: 'kube-scheduler',
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
      ...extraArgs,
    ],
  };
}

/** @param {Layout} layout */
export function apiServerUrl({ apiServerPort }) {
  return `https://${loopback}:${apiServerPort}`;
}

/** @param {Layout} layout */
function etcdUrl({ etcdPort }) {
  return `http://${loopback}:${etcdPort}`;
}
