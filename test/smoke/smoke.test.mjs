// @ts-check
// Whether a system serves, seen from outside. It knows a URL and nothing of what is behind it.
//   TARS_SMOKE_PAGE=https://tars.local TARS_SMOKE_API=https://api.tars.local node --test test/smoke/smoke.test.mjs
// TARS_SMOKE_ADDRESS connects to that address whatever the name; TARS_SMOKE_AUTHORITY is a file with the
// certificate authority to trust, TARS_SMOKE_INSECURE=1 takes any certificate; TARS_SMOKE_PICTURE is
// where the picture of the page goes.
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeSystem } from './smoke.mjs';

const page = process.env.TARS_SMOKE_PAGE ?? '';
const authority = process.env.TARS_SMOKE_AUTHORITY;

if (page === '') {
  test('the system', { skip: 'TARS_SMOKE_PAGE is not set' });
} else {
  describeSystem(
    'the system',
    {
      page,
      api: process.env.TARS_SMOKE_API ?? page,
      address: process.env.TARS_SMOKE_ADDRESS,
      insecure: process.env.TARS_SMOKE_INSECURE === '1',
      authority: authority && readFileSync(authority, 'utf8'),
    },
    { picture: process.env.TARS_SMOKE_PICTURE },
  );
}
