import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { must } from './base/units.ts';
import { App } from './app/app.tsx';
import './ui/tokens.css';
import './app/base.css';
import './app/shell.css';
import { openPage } from './store/open.ts';

createRoot(must(document.getElementById('root'), 'the page has a root')).render(<StrictMode><App /></StrictMode>);
void openPage();
