// A lesson's page. What belongs to the lab is loaded only where there is one, the terminal only once there is a machine to show.

import './code.js';
import './figures.js';
import './marks.js';
import './notices.js';

if (document.getElementById('lab')) {
  import('./split.js');
  import('./views.js');
  import('./pane.js');
  import('./clock.js');
}
