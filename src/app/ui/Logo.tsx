import type { ReactElement } from 'react';

/** Two covered lines and a tick: what stays hidden, and the answer. */
export const Mark = (): ReactElement => (
  <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
    <rect className="mark-ground" width="32" height="32" rx="7.5" />
    <path
      className="mark-bars"
      d="M7.5 7h17a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1h-17a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1ZM7.5 14.500h6a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1Z"
    />
    <path className="mark-tick" d="m11.5 21.8 4 4L25 15.8" />
  </svg>
);

export const Wordmark = (): ReactElement => (
  <span className="wordmark">
    <Mark />
    <span className="wordmark-name">Tacit</span>
  </span>
);
