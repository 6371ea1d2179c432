import type { ReactElement } from 'react';

// One stroke, one grid (24), drawn for this app. Decoration only: the words beside an icon carry the meaning.
const shapes = {
  home: <path d="M4 11.2 12 4l8 7.2M6.5 9.5V20h11V9.5M10 20v-5.5h4V20" />,
  wallet: <path d="M4 7.5A2.5 2.5 0 0 1 6.5 5H18v3M4 7.5V18a2 2 0 0 0 2 2h14V8H5.2M16.5 13.2v1.6" />,
  lab: (
    <path d="M9.500 3.500h5M10.500 3.500V9.500L5 18.500a1.400 1.400 0 0 0 1.300 2h11.400a1.400 1.400 0 0 0 1.300-2L13.500 9.500V3.500M7.800 15h8.400" />
  ),
  verify: <path d="M7 3.5h7l4.5 4.5v12.5H7zM14 3.5V8h4.5M10 14.2l2 2 3.6-4" />,
  history: <path d="M4.5 12a7.5 7.5 0 1 0 2.6-5.7M4.3 4.5v3.4h3.4M12 8v4.4l3 1.8" />,
  settings: <path d="M4 7.5h9M17 7.5h3M4 16.5h3M11 16.5h9M15 5v5M9 14v5" />,
  lock: <path d="M6 10.5h12V20H6zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5M12 14v2.5" />,
  key: <path d="M8 10.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4ZM11 12l8.5-8.5M16.2 6.8l2.6 2.6M13.4 9.6l1.8 1.8" />,
  check: <path d="m5 12.8 4.6 4.6L19.5 7" />,
  close: <path d="m6 6 12 12M18 6 6 18" />,
  warning: <path d="M12 4.2 21 19.5H3zM12 10v4.4M12 16.9v.2" />,
  info: <path d="M12 3.8a8.2 8.2 0 1 1 0 16.4 8.2 8.2 0 0 1 0-16.4ZM12 11v5M12 7.8v.2" />,
  offline: <path d="M4 4l16 16M5 12.2a10 10 0 0 1 4-2.5M13 9.2a10 10 0 0 1 6 3M8.3 15.6a5.4 5.4 0 0 1 5.4-1.2M12 19v.1" />,
  device: <path d="M7.5 3.5h9v17h-9zM11 17.8h2" />,
  eye: <path d="M2.8 12S6.2 6 12 6s9.2 6 9.2 6-3.4 6-9.2 6-9.2-6-9.2-6ZM12 9.4a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2Z" />,
  'eye-off': (
    <path d="m4 4 16 16M9.7 6.3A9 9 0 0 1 12 6c5.8 0 9.2 6 9.2 6a15 15 0 0 1-2.6 3.2M6 8.200A15 15 0 0 0 2.8 12s3.4 6 9.2 6a9 9 0 0 0 3.8-.800" />
  ),
  camera: <path d="M4 8h3.5l1.500-2.500h6L16.5 8H20v11H4zM12 10a3.2 3.2 0 1 1 0 6.400 3.2 3.2 0 0 1 0-6.400Z" />,
  copy: <path d="M9 9h10.500v11H9zM15 9V4.500H4.500V16H9" />,
  trash: <path d="M4.5 7h15M9.5 7V4.500h5V7M6.5 7l1 13h9l1-13M10.5 10.500v6M13.5 10.500v6" />,
  download: <path d="M12 4v10.500M7.5 10.5 12 15l4.5-4.500M5 19.500h14" />,
  upload: <path d="M12 15.500V5M7.5 9 12 4.5 16.5 9M5 19.500h14" />,
  next: <path d="m9.5 5.5 6.5 6.5-6.5 6.5" />,
  back: <path d="m14.5 5.5-6.5 6.5 6.5 6.5" />,
  out: <path d="M13.5 4.500h6v6M19 5l-8.5 8.500M17 13.500v6H4.500V7h6" />,
  file: <path d="M7 3.500h7l4.5 4.500v12.500H7zM14 3.500V8h4.5" />,
  person: <path d="M12 4.500a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.600ZM4.8 20c.6-3.7 3.4-5.5 7.2-5.500s6.6 1.8 7.2 5.5" />,
  refresh: <path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.400M19.7 4.500V8h-3.5" />,
  send: <path d="M4 12 20 4.5 15.5 20l-4-6zM11.5 14 20 4.5" />,
  share: <path d="M12 15V3.800M8 7.5 12 3.500l4 4M7 10.500H5v10h14v-10h-2" />,
  plus: <path d="M12 5v14M5 12h14" />,
} as const satisfies Record<string, ReactElement>;

export type IconName = keyof typeof shapes;

export const Icon = ({ name, className }: { name: IconName; className?: string }): ReactElement => (
  <svg
    className={`icon ${name === 'next' || name === 'back' || name === 'out' || name === 'send' ? 'icon-turns' : ''} ${className ?? ''}`}
    viewBox="0 0 24 24"
    aria-hidden="true"
  >
    {shapes[name]}
  </svg>
);
