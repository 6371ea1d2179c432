import { resolve } from 'node:path';
import base from '../../vite.config.ts';

const here = import.meta.dirname;
export default {
  ...base,
  root: here,
  publicDir: false,
  plugins: [],
  build: { ...(base as any).build, outDir: process.env.HOUT ?? '/tmp/h/dist' },
};
