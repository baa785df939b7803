// @ts-check
import { writeController } from './hpa-oracle.mjs';
import { linuxParts } from './linux-parts.mjs';

/**
 * One thing that the testbed builds from a Go module. Its sources are in `go/<name>/`: a go.mod and
 * a go.sum that pin every module, and a main.go where the module's own main does not serve. To add
 * a part, add that folder and a row here, or in the table of the node's and the engine's parts.
 *
 * @typedef {object} Part
 * @property {string} name the folder under `go/`, and what `get.mjs` calls it
 * @property {string} module the module whose version is the part's version; go.mod says which
 * @property {string | readonly string[]} package what `go build` is given, inside that folder; a list
 *   makes a program of each, named like the last element of its path
 * @property {(version: string) => Readonly<Record<string, string>>} stamps string variables that the
 *   linker sets: without them the program reports that it is v0.0.0, or a development build
 * @property {readonly string[]} binaries file names of the program; with more than one, the program
 *   acts as the name it is called by, unless \`package\` is a list
 * @property {'node' | 'engine'} [group] what needs it, if that is not the control plane; such a part
 *   is built for Linux alone
 * @property {readonly string[]} [flags] more of them for \`go build\`
 * @property {Readonly<Record<string, string>>} [env] variables of the build
 * @property {boolean} [cgo] whether a C compiler takes part
 * @property {(directory: string) => void} [prepare] completes a copy of the folder, which is built then
 */

const kubernetesNodeBinaries = process.platform === 'linux' ? ['kubelet', 'kube-proxy', 'kube-scheduler'] : [];

/** @type {readonly Part[]} */
export const parts = [
  {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    package: '.',
    stamps: () => ({}),
    binaries: ['etcd'],
  },
  {
    name: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: '.',
    stamps: kubernetesStamps,
    binaries: ['kube-apiserver', 'kube-controller-manager', 'kubectl', ...kubernetesNodeBinaries],
  },
  {
    name: 'compose',
    module: 'github.com/docker/compose/v5',
    package: 'github.com/docker/compose/v5/cmd',
    stamps: (version) => ({ 'github.com/docker/compose/v5/internal.Version': version }),
    binaries: ['docker-compose'],
  },
  {
    name: 'kubeconform',
    module: 'github.com/yannh/kubeconform',
    package: 'github.com/yannh/kubeconform/cmd/kubeconform',
    stamps: (version) => ({ 'main.version': version }),
    binaries: ['kubeconform'],
  },
  {
    name: 'kube-score',
    module: 'github.com/zegl/kube-score',
    package: 'github.com/zegl/kube-score/cmd/kube-score',
    stamps: (version) => ({ 'main.version': version }),
    binaries: ['kube-score'],
  },
  {
    name: 'trivy',
    module: 'github.com/aquasecurity/trivy',
    package: '.',
    stamps: () => ({}),
    binaries: ['trivy-config'],
    // Its parser of manifests is written for the JSON package to come.
    env: { GOEXPERIMENT: 'jsonv2' },
  },
  {
    name: 'hpa-oracle',
    module: 'k8s.io/kubernetes',
    package: '.',
    stamps: kubernetesStamps,
    binaries: ['hpa-oracle'],
    prepare: writeController,
  },
  ...linuxParts,
];

/**
 * @param {string} name of a part, or of a group of them
 * @returns {readonly Part[]}
 */
export function partsNamed(name) {
  const group = parts.filter((part) => part.group === name);
  return group.length > 0 ? group : [partNamed(name)];
}

/**
 * @param {string} name
 * @returns {Part}
 */
export function partNamed(name) {
  const part = parts.find((candidate) => candidate.name === name);
  if (!part) {
    throw new Error(`no such part: "${name}"; there are ${parts.map((candidate) => candidate.name).join(', ')}`);
  }
  return part;
}

/**
 * @param {string} binary
 * @returns {Part}
 */
export function partOfBinary(binary) {
  const part = parts.find((candidate) => candidate.binaries.includes(binary));
  if (!part) {
    throw new Error(
      `no part makes "${binary}"; there are ${parts.flatMap((candidate) => candidate.binaries).join(', ')}`,
    );
  }
  return part;
}

/**
 * Servers and clients report their version from two packages; Kubernetes' own build sets both.
 *
 * @param {string} version
 */
function kubernetesStamps(version) {
  const [major = '', minor = ''] = version.slice(1).split('.');
  /** @type {Record<string, string>} */
  const stamps = {};
  for (const home of ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']) {
    stamps[`${home}.gitVersion`] = version;
    stamps[`${home}.gitMajor`] = major;
    stamps[`${home}.gitMinor`] = minor;
  }
  return stamps;
}
