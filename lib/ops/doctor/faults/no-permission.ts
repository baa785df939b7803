import type { Fault } from '../finding';
import { kubectl, lower, reapply } from '../live';
import { compose, serviceTitle } from '../services';
import { tellingContainers, tellingPods } from './telling-lines';

const DENIED = /permission denied|EACCES|has wrong ownership|Read-only file system|EROFS/i;

/** A container that may not read or write its own files. */
export const noPermission: Fault = {
  code: 'TARS7321',
  title: 'files that a container may not read or write',
  why: 'It runs as a user of its own, and its volume, or a file of it, belongs to somebody else.',
  kubernetes: (snapshot) =>
    tellingPods(DENIED, snapshot).map(({ name, owner, component, line }) => ({
      object: owner,
      rank: 'cause',
      components: [component],
      message: 'it may not read or write what it needs',
      evidence: [`${name}: ${line}`],
      cause: 'the files belong to another user than the one that it runs as, or cannot be written to',
      remedies: [
        kubectl(snapshot, `get ${lower(owner)} -o jsonpath='{.spec.template.spec.securityContext}'`),
        reapply(snapshot),
      ],
    })),
  compose: (snapshot) =>
    tellingContainers(DENIED, snapshot).map(({ name, owner, component, line }) => ({
      object: serviceTitle(owner),
      rank: 'cause',
      components: [component],
      message: 'it may not read or write what it needs',
      evidence: [`${name}: ${line}`],
      cause: 'its volume, or a file that it mounts, belongs to another user than the one that it runs as',
      remedies: [
        `docker inspect -f '{{.Config.User}} {{json .Mounts}}' ${name}`,
        '# give the files to that user, or, if nothing is lost by it, let the volume be made again:',
        compose(snapshot, `rm --stop --force ${owner}`),
        compose(snapshot, `up -d ${owner}`),
      ],
    })),
};
