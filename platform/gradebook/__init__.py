"""What a cohort's learners have earned: computed from submissions when somebody asks, with the cohort's own rules."""
