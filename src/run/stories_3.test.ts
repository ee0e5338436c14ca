import { storyTests } from './testing/story_tests.ts';

storyTests(2, 4);
