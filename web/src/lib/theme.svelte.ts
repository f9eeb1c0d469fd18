type Choice = 'auto' | 'light' | 'dark'
const KEY = 'afternext-theme'

function stored(): Choice {
  try {
    const found = localStorage.getItem(KEY)
    return found === 'light' || found === 'dark' ? found : 'auto'
  } catch {
    return 'auto'
  }
}

export const theme = $state<{ choice: Choice; turn: number }>({ choice: 'auto', turn: 0 })

export function applyTheme(choice: Choice = stored()) {
  theme.choice = choice
  theme.turn += 1
  if (choice === 'auto') document.documentElement.removeAttribute('data-theme')
  else document.documentElement.dataset.theme = choice
  try {
    localStorage.setItem(KEY, choice)
  } catch {
    // A browser that keeps nothing still shows the page.
  }
}

export const dark = () =>
  theme.choice === 'dark' || (theme.choice === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches
