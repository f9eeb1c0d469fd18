import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import { applyLanguage } from './lib/text'
import { applyTheme } from './lib/theme.svelte'

applyLanguage()
applyTheme()
mount(App, { target: document.getElementById('app')! })
