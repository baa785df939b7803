/** How long a state is waited for where nobody says, in milliseconds. */
export const WAIT_TIMEOUT_MS = 300_000;

/** What changes without a sign of it, by time alone or in other objects, is looked at so often, in milliseconds. */
export const LOOK_MS = 3_000;
