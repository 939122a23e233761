import { createRoot } from 'react-dom/client';
import { AppRoot } from './app.tsx';
import { applyTheme, initialLocale, initialTheme } from './lib/preferences.ts';
import './styles/base.css';
import './styles/frame.css';
import './styles/layout.css';
import './styles/parts.css';
import './styles/tables.css';
import './styles/alerts.css';
import './styles/overview.css';
import './styles/map.css';
import './styles/drawing.css';
import './styles/calendar.css';
import './styles/replay.css';
import './styles/service.css';
import './styles/terminal.css';
import './styles/tree.css';
import './styles/orders.css';
import './styles/institution.css';
import './styles/forms.css';

const theme = initialTheme();
applyTheme(theme);
const root = document.getElementById('root');
if (root)
  createRoot(root).render(<AppRoot locale={initialLocale(navigator.languages)} theme={theme} />);
