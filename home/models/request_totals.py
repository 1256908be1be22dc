from django.db import models


class RequestTotal(models.Model):
    """The number of requests of a route, by class of status, since the site began to count. No data about visitors."""

    route = models.CharField(max_length=120)
    # A class of status codes, such as "2xx".
    status = models.CharField(max_length=3)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["route", "status"], name="one_total_per_route_and_status")]

    def __str__(self):
        return f"{self.route} {self.status}: {self.number}"
