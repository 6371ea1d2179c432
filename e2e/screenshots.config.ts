import { defineConfig } from '@playwright/test';
import checks from './playwright.config.ts';

export default defineConfig({ ...checks, testMatch: 'pictures.ts', reporter: 'list' });
