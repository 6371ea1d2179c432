import { type ReactElement, useMemo } from 'react';
import { rosettePaths } from './rosettePaths.ts';

export function Rosette({ hash, className }: { readonly hash: string; readonly className?: string }): ReactElement {
  const paths = useMemo(() => rosettePaths(hash), [hash]);
  return (
    <svg className={`rosette ${className ?? ''}`} viewBox="0 0 200 200" aria-hidden="true">
      {paths.map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}
