import { storyTests } from './testing/story_tests.ts';

storyTests(1, 4);
