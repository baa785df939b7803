// @ts-check
// The one smoke test, through the gateway. It knows nothing of Compose.
import { places, target } from './stack.mjs';

process.env.TARS_SMOKE_PAGE = places.page;
process.env.TARS_SMOKE_API = places.api;
process.env.TARS_SMOKE_ADDRESS = target.address;

await import('../../smoke/smoke.test.mjs'); // reads them when it is loaded
