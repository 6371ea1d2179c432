import type { ReactElement } from 'react';

/** Text as it is sent or kept. The box scrolls. */
export const CodeBlock = ({ text }: { readonly text: string }): ReactElement => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
  <pre className="code-block" tabIndex={0}>
    {text}
  </pre>
);
