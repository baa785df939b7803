import { rollback } from '../../../lib/ops/cluster/rollback';
import type { Answer } from '../../support/fake-api-server';
import { json, useFakeApiServer } from '../../support/fake-api-server';

const APPS = '/apis/apps/v1/namespaces/tars';
const REVISION = 'deployment.kubernetes.io/revision';
const server = useFakeApiServer();

/** A version of it, and the newest revision that its controller knows. */
const deployment = (generation: number, revision: number): object => ({
  metadata: { name: 'web', uid: 'u', resourceVersion: '7', generation, annotations: { [REVISION]: String(revision) } },
  spec: { selector: { matchLabels: { app: 'web' } }, template: {} },
  status: { observedGeneration: revision },
});
const sets = (...revisions: readonly number[]): Answer =>
  json({
    metadata: { resourceVersion: '7' },
    items: revisions.map((revision) => ({
      metadata: {
        ...{ name: `web-${revision}`, annotations: { [REVISION]: String(revision) } },
        ownerReferences: [{ uid: 'u', controller: true }],
      },
      spec: { template: { spec: { containers: [{ name: 'app', image: `a:${revision}` }] } } },
    })),
  });

test('a version that its controller has not seen yet is one to go back from', async () => {
  server()
    .on(`GET ${APPS}/deployments/web`, json(deployment(3, 2)), json(deployment(3, 3)))
    .on(`GET ${APPS}/replicasets`, (seen, response) => {
      const isSeen = server().count(`GET ${APPS}/deployments/web`) > 1;
      (isSeen ? sets(1, 2, 3) : sets(1, 2))(seen, response);
    })
    .on(`PATCH ${APPS}/deployments/web`, json({}));
  const place = { client: await server().client(), namespace: 'tars' };

  expect(await rollback(place, { name: 'web' })).toMatchObject({ revision: 2, images: ['a:2'] });
});
