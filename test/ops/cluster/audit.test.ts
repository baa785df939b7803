import { leaveAuditLine } from '../../../lib/ops/cluster/audit';
import type { AuditLine } from '../../../lib/ops/cluster/audit';
import type { Answer } from '../../support/fake-api-server';
import { json, refusal, useFakeApiServer } from '../../support/fake-api-server';

const server = useFakeApiServer();

const EVENTS = 'POST /api/v1/namespaces/tars/events';
const REVIEW = 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews';
const LINE = { kind: 'Pod', name: 'web-1', action: 'Tested', message: 'tested web-1' } as const;
const known = json({ status: { userInfo: { username: 'jane@example.com' } } }, 201);

interface Event {
  readonly message: string;
  readonly reportingInstance: string;
  readonly involvedObject: { readonly uid: string };
}

async function left(review: Answer, line: Partial<AuditLine> = {}): Promise<Event> {
  server()
    .on('GET /api/v1/namespaces/tars/pods/web-1', json({ metadata: { name: 'web-1', uid: 'as-read' } }))
    .on(REVIEW, review)
    .on(EVENTS, json({}, 201));
  await leaveAuditLine({ client: await server().client(), namespace: 'tars' }, { ...LINE, ...line });
  const { body } = server().seen.find(({ method, path }) => `${method} ${path}` === EVENTS) ?? { body: '' };
  return JSON.parse(body) as Event;
}

test('who did it is whom the server takes us for', async () => {
  expect(await left(known)).toMatchObject({
    message: 'tested web-1 (by jane@example.com, with tars)',
    reportingInstance: 'jane@example.com',
    involvedObject: { kind: 'Pod', apiVersion: 'v1', name: 'web-1', namespace: 'tars', uid: 'as-read' },
    reason: 'Tested',
  });
  expect(JSON.parse(server().seen.find(({ path }) => REVIEW.endsWith(path))?.body ?? '')).toEqual({
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  });
});

test.each([
  ['is too old to say', refusal(404, 'NotFound', 'the server could not find the requested resource')],
  ['lets nobody ask', refusal(403, 'Forbidden', 'no')],
  ['says nothing', json({ status: {} }, 201)],
])('where the server %s it is what the kubeconfig says, and marked as that', async (_, review) => {
  expect(await left(review)).toMatchObject({ message: 'tested web-1 (by "tester" of a kubeconfig, with tars)' });
});

test('a server that fails is asked again, and not passed over', async () => {
  const client = await server().client();
  server()
    .on('GET /api/v1/namespaces/tars/pods/web-1', json({ metadata: { name: 'web-1', uid: 'u' } }))
    .on(REVIEW, refusal(500, 'InternalError', 'no'), known)
    .on(EVENTS, json({}, 201));

  await leaveAuditLine({ client, namespace: 'tars' }, LINE);

  expect(server().count(REVIEW)).toBe(2);
  expect(server().seen.at(-1)?.body).toContain('jane@example.com');
});

test('of an object that is gone its uid is handed in, and nothing is read', async () => {
  expect((await left(known, { uid: 'as-it-was' })).involvedObject.uid).toBe('as-it-was');
  expect(server().seen.filter(({ method }) => method === 'GET')).toEqual([]);
});

test.each([
  ['x', 'x'.repeat(5_000)],
  ['ä', 'ä'.repeat(5_000)],
  ['😀', `-${'😀'.repeat(5_000)}`],
])('a message of 1024 bytes at most, of %s: its beginning, and who', async (character, message) => {
  const { message: found } = await left(known, { message });

  const bytes = Buffer.byteLength(found);
  expect(bytes).toBeLessThanOrEqual(1024);
  expect(bytes).toBeGreaterThan(1024 - 8);
  expect(found).toMatch(new RegExp(`^-?${character}+… \\(by jane@example\\.com, with tars\\)$`, 'u'));
});

test('a message that fits is as it is, to the last byte', async () => {
  const end = ' (by jane@example.com, with tars)';
  const fits = 'x'.repeat(1024 - end.length);

  expect((await left(known, { message: fits })).message).toBe(fits + end);
});

test('a name that is too long for who reports it', async () => {
  const username = 'u'.repeat(300);
  const event = await left(json({ status: { userInfo: { username } } }, 201));

  expect(event.reportingInstance).toHaveLength(128);
});
