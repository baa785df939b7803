import type { Fault, Found } from '../finding';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import type { LiveContainer } from '../live';
import { eventsOf, isReady, kubectl, liveContainers, reapply, titleOf } from '../live';
import type { Workload } from '../objects';
import { compose, liveServices, serviceTitle } from '../services';
import { distinct, oneLine } from '../text';

const WAITING = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName', 'ImageInspectError'];

/** An image that a node or an engine does not get. */
export const imagePull: Fault = {
  code: 'TARS7302',
  title: 'an image that is not there and cannot be pulled',
  why: 'Its containers are not made. A rolling update stands still, and the old pods go on serving.',
  kubernetes: (snapshot) =>
    liveContainers(snapshot)
      .filter(({ status }) => WAITING.includes(status.state?.waiting?.reason ?? ''))
      .map((container) => notPulled(container, snapshot)),
  compose: (snapshot) =>
    snapshot.refusal !== undefined || snapshot.containers.length === 0
      ? []
      : liveServices(snapshot)
          .filter(({ expected, containers }) => containers.length === 0 && !snapshot.images.includes(expected.image))
          .map(({ expected: { name, component, image, isBuilt } }) => ({
            object: serviceTitle(name),
            rank: 'cause',
            components: [component],
            message: `the image ${image} is not on this engine, so it has no container`,
            evidence: [`docker image inspect ${image}: no such image`, 'no container'],
            cause: isBuilt
              ? 'it has not been built'
              : 'it has not been pulled: the registry cannot be reached, or has no such image',
            remedies: isBuilt
              ? [compose(snapshot, `up -d --build ${name}`)]
              : [compose(snapshot, `pull ${name}`), compose(snapshot, `up -d ${name}`)],
          })),
};

function notPulled(container: LiveContainer, snapshot: KubernetesSnapshot): Found {
  const { pod, owner, component, spec, status } = container;
  const image = spec.image ?? status.image ?? '';
  const waiting = status.state?.waiting;
  const said = eventsOf(pod, snapshot).find(({ reason, message }) => reason === 'Failed' && /pull/.test(message ?? ''));
  const pullSecret = missingPullSecret(container, snapshot);
  const meant = expectedImage(owner, spec.name, snapshot);
  const isOther = meant !== undefined && meant !== image;
  const text = `${waiting?.message ?? ''} ${said?.message ?? ''}`;
  return {
    object: owner,
    rank: 'cause',
    components: isReady(pod) ? [] : [component],
    message: `the image ${image} of container ${spec.name} does not come to the node`,
    evidence: distinct([
      `${titleOf(pod)}: ${waiting?.reason ?? ''}${waiting?.message === undefined ? '' : `: ${oneLine(waiting.message)}`}`,
      said && oneLine(said.message),
    ]),
    cause: pullSecret ?? (isOther ? `the manifests say ${meant}` : reasonOf(waiting?.reason, text)),
    remedies: isOther
      ? [reapply(snapshot)]
      : pullSecret !== undefined || /denied|unauthorized|authorization/i.test(text)
        ? [
            kubectl(snapshot, 'create secret docker-registry NAME --docker-server=SERVER --docker-username=USER'),
            '# and name it in images.pullSecret of main.ts',
            'tars synth',
            reapply(snapshot),
          ]
        : image.includes('/') || meant === undefined
          ? [`docker pull ${image}`, '# mend the name or the tag in main.ts', 'tars synth', reapply(snapshot)]
          : ['tars images build', 'tars images load', '# or, with images.registry set: tars images push'],
  };
}

/** Where pods say how they are allowed to pull, and cannot. */
function missingPullSecret({ pod }: LiveContainer, { secrets }: KubernetesSnapshot): string | undefined {
  if (secrets === undefined) return undefined;
  const missing = (pod.spec.imagePullSecrets ?? []).find(({ name }) => name !== undefined && !(name in secrets));
  return missing && `the pull secret "${missing.name ?? ''}" does not exist`;
}

function expectedImage(owner: string, container: string, { expected }: KubernetesSnapshot): string | undefined {
  const workload = expected.find((object): object is Workload => titleOf(object) === owner);
  const spec = workload?.spec.template.spec;
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find(({ name }) => name === container)?.image;
}

function reasonOf(waiting: string | undefined, text: string): string {
  if (waiting === 'InvalidImageName') return 'this is no name of an image';
  if (waiting === 'ErrImageNeverPull') return 'its pull policy is Never, and nobody has loaded it into the node';
  if (/denied|unauthorized|authorization|forbidden/i.test(text))
    return 'the registry does not let this cluster pull it';
  if (/not found|manifest unknown|no such/i.test(text) && !/no such host/i.test(text)) {
    return 'the registry has no image of this name and tag';
  }
  if (/no such host|dial tcp|timeout|i\/o|refused|lookup/i.test(text))
    return 'the registry cannot be reached from the node';
  return 'the node could not pull it';
}
